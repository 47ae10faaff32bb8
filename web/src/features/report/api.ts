import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Counts = components['schemas']['ReportCounts']
export type Activity = components['schemas']['ReportActivity']
export type Cause = components['schemas']['ReportCause']
export type Why = components['schemas']['ReportWhy']
export type LegWhy = components['schemas']['ReportLegWhy']

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
    queryFn: () => answer(client.GET('/campaigns/{id}/counts', { params: { path: { id } } })),
  })

export const peopleQuery = (id: number, filter: PeopleFilter) =>
  queryOptions({
    queryKey: reportKeys.people(id, filter),
    queryFn: () =>
      answer(client.GET('/campaigns/{id}/activity', { params: { path: { id }, query: { ...filter, limit: 50 } } })),
    placeholderData: keepPreviousData,
  })

export const whyQuery = (id: number, contact: number) =>
  queryOptions({
    queryKey: reportKeys.why(id, contact),
    queryFn: () =>
      answer(
        client.GET('/campaigns/{id}/contacts/{contact_id}/why', { params: { path: { id, contact_id: contact } } }),
      ),
    refetchInterval: 5000,
  })
