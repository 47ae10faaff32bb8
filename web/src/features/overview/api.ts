import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

export type Attention = components['schemas']['ReportAttention']
export type Daily = components['schemas']['ReportDaily']
export type Steps = components['schemas']['ReportSteps']
export type Filling = components['schemas']['AppFilling']

export const periods = [7, 30, 90] as const
export type Period = (typeof periods)[number]

const all = ['overview'] as const
const minute = 60_000

export const overviewQuery = queryOptions({
  queryKey: [...all, 'totals'],
  queryFn: () => answer(client.GET('/overview')),
  refetchInterval: minute,
})

export const stepsQuery = queryOptions({
  queryKey: [...all, 'steps'],
  queryFn: () => answer(client.GET('/overview/steps')),
  refetchInterval: minute,
})

export const attentionQuery = queryOptions({
  queryKey: [...all, 'attention'],
  queryFn: () => answer(client.GET('/overview/attention')),
  refetchInterval: minute,
})

export const dailyQuery = (days: Period) =>
  queryOptions({
    queryKey: [...all, 'daily', days],
    queryFn: () => answer(client.GET('/overview/series', { params: { query: { days } } })),
    placeholderData: keepPreviousData,
    refetchInterval: minute,
  })

/** How far the sample data is; asked often while it is being made. */
export const sampleQuery = queryOptions({
  queryKey: ['sample'],
  queryFn: () => answer(client.GET('/sample')),
  refetchInterval: (query) => (query.state.data?.state === 'running' ? 1000 : false),
})

export function useMakeSample() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => answer(client.POST('/sample')),
    onSuccess: (made) => {
      queries.setQueryData(sampleQuery.queryKey, made)
    },
  })
}
