import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Segment = components['schemas']['Segment']
export type SegmentForm = components['schemas']['SegmentForm']
export type SegmentUse = components['schemas']['SegmentUse']

const pageSize = 20

export const segmentsQuery = (filter: { search?: string; cursor?: string }, language: string) =>
  queryOptions({
    queryKey: ['segments', 'list', filter, language],
    queryFn: async ({ signal }) => {
      const query = { ...filter, limit: pageSize }
      return answer(client.GET('/segments', { params: { query }, signal }))
    },
    placeholderData: keepPreviousData,
  })

export const segmentQuery = (id: number, language: string) =>
  queryOptions({
    queryKey: ['segments', 'one', id, language],
    queryFn: ({ signal }) => answer(client.GET('/segments/{id}', { params: { path: { id } }, signal })),
  })

/** How many people a saved segment has now; counting takes a moment with many customers. */
export const sizeQuery = (id: number, updated: string) =>
  queryOptions({
    queryKey: ['segments', 'size', id, updated],
    queryFn: async ({ signal }) =>
      (await answer(client.GET('/segments/{id}/count', { params: { path: { id } }, signal }))).count,
    staleTime: 60_000,
    retry: false,
  })

export const membersQuery = (id: number, cursor: string | undefined, updated: string) =>
  queryOptions({
    queryKey: ['segments', 'members', id, cursor, updated],
    queryFn: ({ signal }) =>
      answer(client.GET('/segments/{id}/members', { params: { path: { id }, query: { cursor, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
    retry: false,
  })

/** Saves a new segment, or what an old one says. */
export function useSaveSegment(id: number | undefined) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: SegmentForm) =>
      id === undefined
        ? answer(client.POST('/segments', { body }))
        : answer(client.PUT('/segments/{id}', { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['segments'] }),
  })
}

export function useDeleteSegment() {
  const queries = useQueryClient()
  return async (id: number) => {
    await answer(client.DELETE('/segments/{id}', { params: { path: { id } } }))
    await queries.invalidateQueries({ queryKey: ['segments', 'list'] })
  }
}

/** Takes customers from a list. */
export function useRemoveMembers(id: number) {
  const queries = useQueryClient()
  return async (remove: number[]) => {
    await answer(client.POST('/segments/{id}/members', { params: { path: { id } }, body: { remove } }))
    await queries.invalidateQueries({ queryKey: ['segments'] })
  }
}
