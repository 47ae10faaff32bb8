import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'
import { type CampaignState, exclusive } from '@/components/ui/status'

export type Campaign = components['schemas']['Campaign']
export type Forecast = components['schemas']['CampaignForecast']

export interface ListFilter {
  state?: CampaignState[]
  search?: string
  cursor?: string
}

/** Campaigns that move are asked again every few seconds. */
const moving = (c: Campaign) => c.state === 'running' || c.state === 'scheduled'
export const pollEvery = 3000

export const campaignKeys = {
  all: ['campaigns'] as const,
  list: (filter: ListFilter) => ['campaigns', 'list', filter] as const,
  one: (id: number) => ['campaigns', 'one', id] as const,
  forecast: (id: number) => ['campaigns', 'forecast', id] as const,
}

export const campaignsQuery = (filter: ListFilter) =>
  queryOptions({
    queryKey: campaignKeys.list(filter),
    queryFn: () =>
      answer(
        client.GET('/campaigns', {
          params: {
            query: {
              state: filter.state?.join(',') || undefined,
              search: filter.search || undefined,
              cursor: filter.cursor,
              limit: 25,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.items?.some(moving) ? pollEvery : false),
  })

export const campaignQuery = (id: number) =>
  queryOptions({
    queryKey: campaignKeys.one(id),
    queryFn: () => answer(client.GET('/campaigns/{id}', { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data && moving(query.state.data) ? pollEvery : false),
  })

export const forecastQuery = (id: number) =>
  queryOptions({
    queryKey: campaignKeys.forecast(id),
    queryFn: () => answer(client.GET('/campaigns/{id}/forecast', { params: { path: { id } } })),
    staleTime: 0,
    gcTime: 0,
  })

export type Act = 'activate' | 'pause' | 'resume' | 'cancel'

/** What a person may do in each state; the server decides in the end. */
export const acts: Record<CampaignState, Act[]> = {
  draft: [],
  pending_activation: ['activate'],
  scheduled: ['cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  finished: [],
  cancelled: [],
}

export function useAct(id: number) {
  const queries = useQueryClient()
  const params = { params: { path: { id } } }
  return useMutation({
    mutationFn: (act: Act) => {
      switch (act) {
        case 'activate':
          return answer(client.POST('/campaigns/{id}/activate', params))
        case 'pause':
          return answer(client.POST('/campaigns/{id}/pause', params))
        case 'resume':
          return answer(client.POST('/campaigns/{id}/resume', params))
        case 'cancel':
          return answer(client.POST('/campaigns/{id}/cancel', params))
      }
    },
    onSuccess: (campaign) => {
      queries.setQueryData(campaignKeys.one(id), campaign)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: campaignKeys.all }),
  })
}

/** How far a run is, in people: a message that was handed to a fallback is not counted twice. */
export function progressOf(counts: Record<string, number>) {
  const n = (key: string) => counts[key] ?? 0
  const total = n('total') - n('superseded')
  const waiting = n('queued') + n('sending') + n('unknown')
  return {
    total,
    waiting,
    done: Math.max(0, total - waiting),
    parts: exclusive.map((status) => ({ status, n: n(status) })),
  }
}
