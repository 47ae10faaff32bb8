import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Traffic = components['schemas']['ReportTraffic']
export type Quota = components['schemas']['AppQuota']
export type SetUp = components['schemas']['ConnectionSetUp']

/** What each connection did today and what waits for it. */
export const trafficQuery = queryOptions({
  queryKey: ['connections', 'traffic'],
  queryFn: async () => (await answer(client.GET('/overview/connections'))).items ?? [],
  refetchInterval: 30_000,
})

export const trafficOf = (list: Traffic[] | undefined, id: number) => list?.find((t) => t.connection_id === id)

/** What may still be sent; the server asks the provider at most every ten minutes. */
export const quotaQuery = (id: number) =>
  queryOptions({
    queryKey: ['connections', 'quota', id],
    queryFn: () => answer(client.GET('/connections/{id}/quota', { params: { path: { id } } })),
    staleTime: 60_000,
  })

export const setUpQuery = (id: number) =>
  queryOptions({
    queryKey: ['connections', 'setup', id],
    queryFn: () => answer(client.GET('/connections/{id}/setup', { params: { path: { id } } })),
  })

/** Leaves for Zalo's consent page, which sends the browser back to this connection. */
export const useAuthorize = (id: number) =>
  useMutation({
    mutationFn: () => answer(client.POST('/connections/{id}/authorize', { params: { path: { id } } })),
    onSuccess: ({ url }) => {
      window.location.assign(url)
    },
  })

export function useMakeDkim(id: number) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { domain: string; selector: string }) =>
      answer(client.POST('/connections/{id}/dkim', { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  })
}

export const consentResults = [
  'ok',
  'consent_unknown',
  'consent_late',
  'consent_refused',
  'consent_other_oa',
  'consent_failed',
  'not_zalo',
] as const
export type ConsentResult = (typeof consentResults)[number]
