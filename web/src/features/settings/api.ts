import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, base, client } from '@/api/client'
import type { components } from '@/api/schema'
import { type Role, sessionQuery } from '@/api/session'

import type { Channel, Reason } from './words'

type Schemas = components['schemas']
export type Workspace = Schemas['Workspace']
export type Settings = Schemas['WorkspaceSettings']
export type Window = Schemas['PolicyWindow']
export type Member = Schemas['WorkspaceMember']
export type Key = Schemas['WorkspaceKey']
export type Device = Schemas['WorkspaceDevice']
export type Sending = Schemas['WorkspaceSending']
export type AuditEntry = Schemas['WorkspaceAuditEntry']
export type Suppression = Schemas['ContactSuppression']
export type Suppressed = Schemas['ContactSuppressed']

const keys = {
  workspace: ['workspace'] as const,
  sending: ['workspace', 'sending'] as const,
  users: ['users'] as const,
  keys: ['keys'] as const,
  suppressions: ['suppressions'] as const,
  audit: ['audit'] as const,
  names: ['workspace', 'names'] as const,
  devices: ['sessions'] as const,
}

/** A mutation after which everything under the given keys is asked again. */
function useChange<In = void, Out = unknown>(change: (input: In) => Promise<Out>, ...stale: (readonly unknown[])[]) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
}

export const workspaceQuery = queryOptions({
  queryKey: keys.workspace,
  queryFn: () => answer(client.GET('/workspace')),
})

export const useUpdateWorkspace = () =>
  useChange(
    (body: { name?: string; timezone?: string; settings?: Settings }) => answer(client.PATCH('/workspace', { body })),
    keys.workspace,
    keys.audit,
    sessionQuery.queryKey,
  )

export const useCreateWorkspace = () =>
  useChange(
    (body: { name: string; timezone?: string }) => answer(client.POST('/workspaces', { body })),
    sessionQuery.queryKey,
  )

/** Whether something may be sent now; hours that are not stored yet are tried instead of the stored ones. */
export const sendingQuery = (hours?: Record<string, Window>) =>
  queryOptions({
    queryKey: [...keys.sending, hours],
    queryFn: () => answer(client.POST('/workspace/sending', { body: { hours } })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })

export const usersQuery = queryOptions({
  queryKey: keys.users,
  queryFn: async () => {
    const items: Member[] = []
    let cursor: string | undefined
    do {
      const page = await answer(client.GET('/users', { params: { query: { cursor, limit: 200 } } }))
      items.push(...(page.items ?? []))
      cursor = page.next
    } while (cursor)
    return items
  },
})

export interface NewUser {
  name: string
  email: string
  role: Role
  language: 'vi' | 'en'
}

export const useAddUser = () =>
  useChange((body: NewUser) => answer(client.POST('/users', { body })), keys.users, keys.names)

export const useChangeUser = () =>
  useChange(
    ({ id, ...body }: { id: number; role?: Role; status?: Member['status'] }) =>
      answer(client.PATCH('/users/{id}', { params: { path: { id } }, body })),
    keys.users,
  )

export const useRemoveUser = () =>
  useChange((id: number) => answer(client.DELETE('/users/{id}', { params: { path: { id } } })), keys.users)

export const useUserLink = () =>
  useChange((id: number) => answer(client.POST('/users/{id}/link', { params: { path: { id } } })))

export const keysQuery = (cursor?: string) =>
  queryOptions({
    queryKey: [...keys.keys, cursor],
    queryFn: () => answer(client.GET('/keys', { params: { query: { cursor, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })

export const useCreateKey = () =>
  useChange(
    (body: { name: string; role: Role; expires_at?: string }) => answer(client.POST('/keys', { body })),
    keys.keys,
    keys.names,
  )

export const useRevokeKey = () =>
  useChange((id: number) => answer(client.DELETE('/keys/{id}', { params: { path: { id } } })), keys.keys)

export interface SuppressionFilter {
  search?: string
  reason?: Reason
  channel?: Channel
  state?: 'active' | 'lifted'
  cursor?: string
}

export const suppressionsQuery = (filter: SuppressionFilter) =>
  queryOptions({
    queryKey: [...keys.suppressions, 'list', filter],
    queryFn: () => answer(client.GET('/suppressions', { params: { query: { ...filter, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })

export const suppressionCountsQuery = queryOptions({
  queryKey: [...keys.suppressions, 'counts'],
  queryFn: () => answer(client.GET('/suppressions/counts')),
})

export interface ToSuppress {
  addresses: string[]
  channels?: Channel[]
  note?: string
}

const atOnce = 5000

/** Blocks a list of any length, part by part; `progress` is told how many lines are done. Line numbers are those of the whole list. */
async function suppress({ addresses, ...rest }: ToSuppress, progress?: (done: number) => void): Promise<Suppressed> {
  const sum: Suppressed = { added: 0, already: 0, people: 0, bad: 0, refused: [] }
  for (let start = 0; start < addresses.length; start += atOnce) {
    const part = addresses.slice(start, start + atOnce)
    const done = await answer(client.POST('/suppressions/many', { body: { ...rest, addresses: part } }))
    sum.added += done.added
    sum.already += done.already
    sum.people += done.people
    sum.bad += done.bad
    sum.refused = [...(sum.refused ?? []), ...(done.refused ?? []).map((r) => ({ ...r, line: r.line + start }))]
    progress?.(start + part.length)
  }
  return sum
}

export const useSuppress = (progress?: (done: number) => void) =>
  useChange((list: ToSuppress) => suppress(list, progress), keys.suppressions, keys.audit)

export const useLift = () =>
  useChange(
    ({ id, reason }: { id: number; reason: string }) =>
      answer(client.POST('/suppressions/{id}/lift', { params: { path: { id } }, body: { reason } })),
    keys.suppressions,
    keys.audit,
  )

/** Where the whole list can be downloaded. */
export const suppressionsFile = `${base}/suppressions/export`

export interface AuditFilter {
  actor?: string
  action?: string
  from?: string
  to?: string
  cursor?: string
}

export const auditQuery = (filter: AuditFilter) =>
  queryOptions({
    queryKey: [...keys.audit, 'list', filter],
    queryFn: () => answer(client.GET('/audit', { params: { query: { ...filter, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })

export const namesQuery = queryOptions({
  queryKey: keys.names,
  queryFn: () => answer(client.GET('/workspace/names')) as Promise<Record<string, string>>,
})

export const useCheckAudit = () => useChange(() => answer(client.GET('/audit/check')))

export const useUpdateProfile = () =>
  useChange(
    (body: { name?: string; language?: 'vi' | 'en' }) => answer(client.PATCH('/session', { body })),
    sessionQuery.queryKey,
  )

export const useChangePassword = () =>
  useChange(
    (body: { current?: string; password: string }) => answer(client.PUT('/session/password', { body })),
    keys.devices,
    sessionQuery.queryKey,
  )

export const devicesQuery = queryOptions({
  queryKey: keys.devices,
  queryFn: () => answer(client.GET('/sessions')),
})

export const useEndDevice = () =>
  useChange((id: string) => answer(client.DELETE('/sessions/{id}', { params: { path: { id } } })), keys.devices)

export const useEndOtherDevices = () => useChange(() => answer(client.POST('/sessions/end-others')), keys.devices)
