import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { address, answer, callHeaders, client } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema'

export type Kept = components['schemas']['ZalooaFile']

/** What a template writes for a picture or a file that Loa keeps. */
export const isUpload = (text: string | undefined): boolean => text?.startsWith('upload:') ?? false

/** The pictures and files that are kept for an OA, newest first. */
export const uploadsQuery = (connection: number | undefined) =>
  queryOptions({
    queryKey: ['oa-uploads', connection ?? 0],
    queryFn: async ({ signal }): Promise<Kept[]> =>
      (await answer(client.GET('/connections/{id}/oa/uploads', { params: { path: { id: connection ?? 0 } }, signal })))
        .items ?? [],
    enabled: connection !== undefined,
  })

/** Gives a file to Loa, which gives it to Zalo. */
export function useUpload(connection: number | undefined) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (file: File): Promise<Kept> => {
      const to = new URL(
        address(`/connections/${connection ?? 0}/oa/uploads`, { name: file.name }),
        window.location.origin,
      )
      const headers = { ...callHeaders(), 'Content-Type': 'application/octet-stream' }
      const response = await window.fetch(new Request(to, { method: 'POST', body: file, headers }))
      const body: unknown = await response.json().catch(() => undefined)
      if (!response.ok) throw new Problem(response.status, body)
      return body as Kept
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['oa-uploads', connection ?? 0] }),
  })
}
