import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'

import type { ZaloList, ZaloTemplate } from './content'

/** The templates that Zalo keeps for an OA, as they were read last. */
export const catalogueQuery = (connection: number, language: string) =>
  queryOptions({
    queryKey: ['zns', connection, language],
    queryFn: ({ signal }): Promise<ZaloList> =>
      answer(client.GET('/connections/{id}/zns-templates', { params: { path: { id: connection } }, signal })),
    enabled: connection > 0,
  })

/** Reads the templates from Zalo. */
export function useSync(connection: number, language: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (): Promise<ZaloList> =>
      answer(client.POST('/connections/{id}/zns-templates/sync', { params: { path: { id: connection } } })),
    onSuccess: (list) => {
      queries.setQueryData(catalogueQuery(connection, language).queryKey, list)
    },
  })
}

/** Writes the text of a template down, for previews. */
export function useDescribe(connection: number) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, wording }: { id: string; wording: string }): Promise<ZaloTemplate> =>
      answer(
        client.PUT('/connections/{id}/zns-templates/{template_id}/wording', {
          params: { path: { id: connection, template_id: id } },
          body: { wording },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['zns', connection] }),
  })
}
