import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, base, callHeaders, client } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema'

export type Traffic = components['schemas']['ReportTraffic']
export type Quota = components['schemas']['AppQuota']
export type OASync = components['schemas']['ZalooaSync']
export type OAFile = components['schemas']['ZalooaFile']
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

/** How far the reading of an OA's users into the customers is. */
export const oaSyncQuery = (id: number) =>
  queryOptions({
    queryKey: ['connections', 'oa-users', id],
    queryFn: () => answer(client.GET('/connections/{id}/oa/users/sync', { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 2000 : false),
  })

export function useOASync(id: number) {
  const queries = useQueryClient()
  const params = { params: { path: { id } } }
  const onSuccess = (data: OASync) => {
    queries.setQueryData(oaSyncQuery(id).queryKey, data)
  }
  return {
    start: useMutation({
      mutationFn: () => answer(client.POST('/connections/{id}/oa/users/sync', params)),
      onSuccess,
    }),
    stop: useMutation({
      mutationFn: () => answer(client.POST('/connections/{id}/oa/users/sync/cancel', params)),
      onSuccess,
    }),
  }
}

/** Pictures and files for messages of an OA. */
export const oaFilesQuery = (id: number) =>
  queryOptions({
    queryKey: ['connections', 'oa-files', id],
    queryFn: async () =>
      (await answer(client.GET('/connections/{id}/oa/uploads', { params: { path: { id } } }))).items ?? [],
  })

export function useOAFiles(id: number) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: oaFilesQuery(id).queryKey })
  return {
    add: useMutation({
      mutationFn: async (file: File) => {
        const answered = await window.fetch(
          `${base}/connections/${String(id)}/oa/uploads?name=${encodeURIComponent(file.name)}`,
          { method: 'POST', headers: { ...callHeaders(), 'Content-Type': 'application/octet-stream' }, body: file },
        )
        if (!answered.ok) throw new Problem(answered.status, await answered.json().catch(() => undefined))
      },
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (upload: number) =>
        answer(
          client.DELETE('/connections/{id}/oa/uploads/{upload_id}', { params: { path: { id, upload_id: upload } } }),
        ),
      onSuccess,
    }),
  }
}
