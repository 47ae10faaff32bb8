import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Counts = components['schemas']['ReportCounts']
export type Activity = components['schemas']['ReportActivity']
export type Cause = components['schemas']['ReportCause']
export type Why = components['schemas']['ReportWhy']
export type LegWhy = components['schemas']['ReportLegWhy']

export type Failure = components['schemas']['ReportFailure']
export type Series = components['schemas']['ReportSeries']

export interface PeopleFilter {
  status?: string
  rank?: number
  /** Of a cause: the provider's code or our rule. */
  code?: string
  search?: string
  cursor?: string
}

export const reportKeys = {
  counts: (id: number) => ['report', id, 'counts'] as const,
  people: (id: number, filter: PeopleFilter) => ['report', id, 'people', filter] as const,
  failures: (id: number) => ['report', id, 'failures'] as const,
  series: (id: number, step?: string) => ['report', id, 'series', step] as const,
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

/** Causes and course change while a campaign runs; they are asked again at a slower pace than the counters. */
const slowly = 10_000

export const failuresQuery = (id: number, watch: boolean) =>
  queryOptions({
    queryKey: reportKeys.failures(id),
    queryFn: async () =>
      (await answer(client.GET('/campaigns/{id}/failures', { params: { path: { id } } }))).items ?? [],
    refetchInterval: watch ? slowly : false,
  })

export const seriesQuery = (id: number, step: 'minute' | 'hour' | 'day' | undefined, watch: boolean) =>
  queryOptions({
    queryKey: reportKeys.series(id, step),
    queryFn: () => answer(client.GET('/campaigns/{id}/series', { params: { path: { id }, query: { step } } })),
    placeholderData: keepPreviousData,
    refetchInterval: watch ? slowly : false,
  })

/** Decides about all messages of a campaign whose outcome is unknown. */
export function useResolve(id: number) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { sent: boolean; reason: string }) =>
      answer(client.POST('/campaigns/{id}/resolve', { params: { path: { id } }, body })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['report', id] }),
  })
}

export const whyQuery = (id: number, contact: number) =>
  queryOptions({
    queryKey: reportKeys.why(id, contact),
    queryFn: () =>
      answer(
        client.GET('/campaigns/{id}/contacts/{contact_id}/why', { params: { path: { id, contact_id: contact } } }),
      ),
    refetchInterval: 5000,
  })
