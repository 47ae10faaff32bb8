import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { Activity, Cause, Counts } from '@/api/interim'

export type { Activity, Cause, Counts }

export interface PeopleFilter {
  status?: string
  rank?: number
  search?: string
  cursor?: string
}

export const reportKeys = {
  counts: (id: number) => ['report', id, 'counts'] as const,
  people: (id: number, filter: PeopleFilter) => ['report', id, 'people', filter] as const,
  why: (id: number, contact: number) => ['report', id, 'why', contact] as const,
}

export const countsQuery = (id: number) =>
  queryOptions({
    queryKey: reportKeys.counts(id),
    queryFn: (): Promise<Counts> => answer(client.GET('/campaigns/{id}/counts', { params: { path: { id } } })),
  })

export const peopleQuery = (id: number, filter: PeopleFilter) =>
  queryOptions({
    queryKey: reportKeys.people(id, filter),
    queryFn: () =>
      answer(client.GET('/campaigns/{id}/activity', { params: { path: { id }, query: { ...filter, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })
