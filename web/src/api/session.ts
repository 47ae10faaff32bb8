import { queryOptions, useQuery } from '@tanstack/react-query'

import { defaultZone } from '@/lib/format'

import { answer, client } from './client'
import { Problem } from './problem'
import type { components } from './schema'
import { chooseWorkspace, chosenWorkspace } from './workspace'

export type Session = components['schemas']['WorkspaceSessionBody']

/** Who is signed in, in which workspace; null = nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await answer(client.GET('/session'))
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      // The workspace that was chosen on this device is gone, or belongs to somebody else who signed in here.
      if (error instanceof Problem && error.code === 'workspace.not_found' && chosenWorkspace()) {
        chooseWorkspace(undefined)
        return answer(client.GET('/session'))
      }
      throw error
    }
  },
  staleTime: 60_000,
})

/** The time zone of the workspace, in which all times are shown. */
export function useZone(): string {
  return useQuery(sessionQuery).data?.workspace?.timezone || defaultZone
}

/** The roles of a workspace; each may do all that the ones before it may. */
export const roles = ['viewer', 'care', 'marketer', 'owner'] as const
export type Role = (typeof roles)[number]

/** Says whether who is signed in may do what needs this role; the server decides in the end. */
export function useCan(): (role: Role) => boolean {
  const own = useQuery(sessionQuery).data?.role
  return (role) => roles.indexOf(own as Role) >= roles.indexOf(role)
}
