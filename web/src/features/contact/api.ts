import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'
import type { Condition } from '@/components/condition'

type Schemas = components['schemas']
export type Contact = Schemas['Contact']
export type Attribute = Schemas['ContactAttribute']
export type Change = Schemas['UpdateContactRequest']
export type Consent = Schemas['ContactConsent']
export type Basis = Schemas['ContactBasisOfConsent']
export type Bulk = Schemas['ContactBulk']
export type BulkForm = Schemas['ContactBulkForm']
export type Activity = Schemas['ReportContactActivity']
export type Identity = Schemas['ContactIdentity']
export type Suppression = Schemas['ContactSuppression']

/** Whom a list, a count, an export or a bulk change concerns. */
export interface ContactFilter {
  search?: string
  tag?: string
  condition?: Condition
}

/** The filter as query parameters. */
export const filterQuery = (f: ContactFilter) => ({
  search: f.search,
  tag: f.tag,
  condition: f.condition && JSON.stringify(f.condition),
})

export const contactsQuery = (filter: ContactFilter, after?: string) =>
  queryOptions({
    queryKey: ['contacts', 'list', filter, after],
    queryFn: ({ signal }) =>
      answer(
        client.GET('/contacts', {
          params: {
            query: { ...filterQuery(filter), order: 'newest', after: after ? Number(after) : undefined, limit: 50 },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** How many people a filter takes; counting ends at 10,000 unless it must be exact. */
export const countQuery = (filter: ContactFilter, exact: boolean) =>
  queryOptions({
    queryKey: ['contacts', 'count', filter, exact],
    queryFn: ({ signal }) =>
      answer(client.GET('/contacts/count', { params: { query: { ...filterQuery(filter), exact } }, signal })),
    staleTime: 15_000,
  })

export const contactQuery = (id: number) =>
  queryOptions({
    queryKey: ['contacts', 'one', id],
    queryFn: ({ signal }) => answer(client.GET('/contacts/{id}', { params: { path: { id } }, signal })),
  })

export const consentsQuery = (id: number) =>
  queryOptions({
    queryKey: ['contacts', 'one', id, 'consents'],
    queryFn: async ({ signal }) =>
      (await answer(client.GET('/contacts/{id}/consents', { params: { path: { id } }, signal }))) ?? [],
  })

export const activityQuery = (id: number, cursor?: string) =>
  queryOptions({
    queryKey: ['contacts', 'one', id, 'activity', cursor],
    queryFn: ({ signal }) =>
      answer(client.GET('/contacts/{id}/activity', { params: { path: { id }, query: { cursor, limit: 30 } }, signal })),
    placeholderData: keepPreviousData,
  })

/** Why an address may not be used: its entries on the suppression list. */
export const suppressionsQuery = (address: string) =>
  queryOptions({
    queryKey: ['suppressions', 'of', address],
    queryFn: async ({ signal }) =>
      (
        await answer(
          client.GET('/suppressions', { params: { query: { search: address, state: 'active', limit: 20 } }, signal }),
        )
      ).items ?? [],
    retry: false,
  })

export const attributesQuery = queryOptions({
  queryKey: ['attributes'],
  queryFn: async ({ signal }) => (await answer(client.GET('/attributes', { signal }))) ?? [],
  staleTime: 60_000,
})

export const tagsQuery = queryOptions({
  queryKey: ['tags'],
  queryFn: async ({ signal }) => (await answer(client.GET('/tags', { signal }))) ?? [],
  staleTime: 60_000,
})

/** Segments that are lists: people can be put on them. */
export const listsQuery = queryOptions({
  queryKey: ['segments', 'lists'],
  queryFn: async ({ signal }) =>
    ((await answer(client.GET('/segments', { params: { query: { limit: 200 } }, signal }))).items ?? []).filter(
      (s) => s.kind === 'list',
    ),
})

export const bulkQuery = (id: number) =>
  queryOptions({
    queryKey: ['contacts', 'bulk', id],
    queryFn: ({ signal }) => answer(client.GET('/contact-bulks/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (isOver(query.state.data) ? false : 1000),
  })

export const isOver = (bulk?: Bulk): boolean => Boolean(bulk && !['queued', 'running'].includes(bulk.state))

/** Everything about people may have changed: lists, counts, tags and sizes of segments. */
export function useRefresh() {
  const queries = useQueryClient()
  return () =>
    Promise.all(
      [['contacts'], ['tags'], ['segments'], ['suppressions', 'of']].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    )
}

function useAct<V, R>(act: (variables: V) => Promise<R>) {
  const refresh = useRefresh()
  return useMutation({ mutationFn: act, onSuccess: () => void refresh() })
}

export const useCreate = () => useAct((body: Schemas['ContactChange']) => answer(client.POST('/contacts', { body })))

/** Changes a person; the answer is shown at once. */
export function useUpdate(id: number) {
  const queries = useQueryClient()
  return useAct(async (body: Change) => {
    const saved = await answer(client.PATCH('/contacts/{id}', { params: { path: { id } }, body }))
    queries.setQueryData(contactQuery(id).queryKey, saved)
    return saved
  })
}

export const useGrant = (id: number) =>
  useAct((body: Basis) => answer(client.POST('/contacts/{id}/consents', { params: { path: { id } }, body })))

export const useWithdraw = (id: number) =>
  useAct((body: { channels: Contact['consent']; source: string }) =>
    answer(client.POST('/contacts/{id}/consents/withdraw', { params: { path: { id } }, body })),
  )

export const useAddIdentity = (id: number) =>
  useAct((body: { kind: 'phone' | 'email'; value: string }) =>
    answer(client.POST('/contacts/{id}/identities', { params: { path: { id } }, body })),
  )

export const useRemoveIdentity = (id: number) =>
  useAct((body: Identity) =>
    answer(client.POST('/contacts/{id}/identities/remove', { params: { path: { id } }, body })),
  )

export const useMerge = (id: number) =>
  useAct((other: number) => answer(client.POST('/contacts/{id}/merge', { params: { path: { id } }, body: { other } })))

export const useErase = () =>
  useAct((id: number) => answer(client.POST('/contacts/{id}/erase', { params: { path: { id } } })))

export const useDelete = () =>
  useAct((id: number) => answer(client.DELETE('/contacts/{id}', { params: { path: { id } } })))

export const useStartBulk = () => useAct((body: BulkForm) => answer(client.POST('/contact-bulks', { body })))

export const useCancelBulk = () =>
  useAct((id: number) => answer(client.POST('/contact-bulks/{id}/cancel', { params: { path: { id } } })))

export const useCreateList = () =>
  useAct((name: string) => answer(client.POST('/segments', { body: { name, kind: 'list' } })))

export const useCreateSegment = () =>
  useAct((body: { name: string; condition: Condition }) => answer(client.POST('/segments', { body })))
