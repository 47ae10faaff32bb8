import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { answer, client } from '@/api/client'

/** The tags of the workspace. */
export const tagsQuery = queryOptions({
  queryKey: ['tags'],
  queryFn: async ({ signal }) => (await answer(client.GET('/tags', { signal }))) ?? [],
  staleTime: 30_000,
})

/** Lists by a part of their name. Only lists take single people; other segments follow from their condition. */
export const listsQuery = (search: string) =>
  queryOptions({
    queryKey: ['segments', 'lists', search],
    queryFn: async ({ signal }) => {
      const query = { limit: 100, search: search || undefined }
      const body = await answer(client.GET('/segments', { params: { query }, signal }))
      return (body.items ?? []).filter((s) => s.kind === 'list').map((s) => ({ id: s.id, name: s.name }))
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

/** The name of one list, for one that is chosen but not in the answer. */
export const listQuery = (id: number) =>
  queryOptions({
    queryKey: ['segments', 'name', id],
    queryFn: async ({ signal }) =>
      (await answer(client.GET('/segments/{id}', { params: { path: { id } }, signal }))).name,
    enabled: id > 0,
    retry: false,
    staleTime: 60_000,
  })
