import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import { sessionQuery } from '@/api/session'
import { i18n } from '@/i18n'

/** Whether the first owner still has to be made. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => answer(client.GET('/setup')),
  staleTime: 0,
})

function useEnter<Input>(enter: (input: Input) => Promise<unknown>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: enter,
    onSuccess: async () => {
      queries.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' })
      await queries.refetchQueries({ queryKey: sessionQuery.queryKey })
    },
  })
}

export const useSignIn = () =>
  useEnter((body: { email: string; password: string }) => answer(client.POST('/session', { body })))

export const useSignInByLink = () =>
  useEnter((token: string) => answer(client.POST('/session/link', { body: { token } })))

export interface SetupForm {
  token: string
  workspace: string
  name: string
  email: string
  password: string
}

export const useSetup = () =>
  useEnter((body: SetupForm) => answer(client.POST('/setup', { body: { ...body, language: i18n.language } })))

export function useSignOut() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => answer(client.DELETE('/session')),
    onSettled: () => {
      // The shell watches the session: it leads to sign-in, and nothing that was read stays in memory.
      queries.setQueryData(sessionQuery.queryKey, null)
      queries.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' })
    },
  })
}

/** Sets one's own password after a sign-in by link, where no old one is asked for. */
export const useSetPassword = () =>
  useEnter((password: string) => answer(client.PUT('/session/password', { body: { password } })))
