import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Connection = components['schemas']['Connection']
export type ConnectionForm = components['schemas']['ConnectionForm']
export type TestReport = components['schemas']['ConnectionReport']
export type Provider = Connection['provider']

const all = ['connections'] as const

export const connectionsQuery = queryOptions({
  queryKey: [...all, 'list'],
  queryFn: () => answer(client.GET('/connections', { params: { query: {} } })),
  refetchInterval: 30_000,
})

export const connectionQuery = (id: number) =>
  queryOptions({
    queryKey: [...all, 'one', id],
    queryFn: () => answer(client.GET('/connections/{id}', { params: { path: { id } } })),
    refetchInterval: 30_000,
  })

function useChange<Input, Output>(act: (input: Input) => Promise<Output>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => queries.invalidateQueries({ queryKey: all }) })
}

export const useSaveConnection = (id?: number) =>
  useChange((body: ConnectionForm) =>
    id === undefined
      ? answer(client.POST('/connections', { body }))
      : answer(client.PUT('/connections/{id}', { params: { path: { id } }, body })),
  )

/** Asks the provider something harmless; also right after a save, when the id is new. */
export const useTestConnection = () =>
  useChange((id: number) => answer(client.POST('/connections/{id}/test', { params: { path: { id } } })))

export function useConnectionActs(id: number) {
  const params = { params: { path: { id } } }
  return {
    hold: useChange(() => answer(client.POST('/connections/{id}/hold', params))),
    resume: useChange(() => answer(client.POST('/connections/{id}/resume', params))),
    disable: useChange(() => answer(client.POST('/connections/{id}/disable', params))),
    rotate: useChange(() => answer(client.POST('/connections/{id}/rotate-hook', params))),
    remove: useChange(() => answer(client.DELETE('/connections/{id}', params))),
  }
}
