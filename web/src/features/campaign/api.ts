import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'
import { type CampaignState, exclusive } from '@/components/ui/status'

export type Campaign = components['schemas']['Campaign']
export type Form = components['schemas']['CampaignForm']
export type Leg = components['schemas']['CampaignLeg']
export type Forecast = components['schemas']['CampaignForecast']
export type RankForecast = components['schemas']['CampaignRankForecast']
export type LogEntry = components['schemas']['CampaignLogEntry']
/** What a leg may be: whatever templates are made for. */
export type Channel = components['schemas']['CheckTemplateRequest']['channel']

export const sorts = ['age', 'name', 'time', 'updated'] as const
export type Sort = (typeof sorts)[number]

export interface ListFilter {
  state?: CampaignState[]
  search?: string
  channel?: string
  /** Moments, RFC 3339. */
  from?: string
  to?: string
  sort?: Sort
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
  behind: (id: number, behind: Behind, cursor?: string) => ['campaigns', 'behind', id, behind, cursor] as const,
  log: (id: number, cursor?: string) => ['campaigns', 'log', id, cursor] as const,
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
              channel: filter.channel,
              from: filter.from,
              to: filter.to,
              sort: filter.sort,
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

/** Which number of a forecast. Rank -1 = those whom no channel reaches. */
export interface Behind {
  rank: number
  /** 'values' with rank -1 = those whom some channel refuses. */
  reason?: 'no_address' | 'suppressed' | 'no_consent' | 'values'
}

export const behindQuery = (id: number, behind: Behind, cursor?: string) =>
  queryOptions({
    queryKey: campaignKeys.behind(id, behind, cursor),
    queryFn: () =>
      answer(
        client.GET('/campaigns/{id}/forecast/people', {
          params: { path: { id }, query: { ...behind, cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  })

export const logQuery = (id: number, cursor?: string) =>
  queryOptions({
    queryKey: campaignKeys.log(id, cursor),
    queryFn: () =>
      answer(client.GET('/campaigns/{id}/log', { params: { path: { id }, query: { cursor, limit: 20 } } })),
    placeholderData: keepPreviousData,
  })

export type Act = 'activate' | 'pause' | 'resume' | 'end' | 'cancel'

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

/** Whether people can enter a campaign one by one now, or could if it were not paused. */
export const takesPeople = (c: Campaign): boolean =>
  Boolean(c.audience.entry) && !c.dispatched && (c.state === 'running' || c.state === 'paused')

/** What a person may do with this campaign. */
export const actsOf = (c: Campaign): Act[] =>
  acts[c.state].flatMap((a): Act[] => (a === 'cancel' && takesPeople(c) ? ['end', 'cancel'] : [a]))

export const editable = (state: CampaignState) => state === 'draft' || state === 'pending_activation'
export const deletable = (state: CampaignState) => editable(state) || state === 'finished' || state === 'cancelled'

export function useAct(id: number) {
  const queries = useQueryClient()
  const params = { params: { path: { id } } }
  return useMutation({
    mutationFn: (act: Act | 'activateAnyway') => {
      switch (act) {
        case 'activate':
          return answer(client.POST('/campaigns/{id}/activate', params))
        case 'activateAnyway':
          return answer(client.POST('/campaigns/{id}/activate', { ...params, body: { confirm_values: true } }))
        case 'pause':
          return answer(client.POST('/campaigns/{id}/pause', params))
        case 'resume':
          return answer(client.POST('/campaigns/{id}/resume', params))
        case 'end':
          return answer(client.POST('/campaigns/{id}/end', params))
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

export type Entry = components['schemas']['CampaignEntry']

/** Puts people into a campaign that they enter one by one. */
export function useEnter(id: number) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (wish: { contacts: number[]; after: number }): Promise<Entry[]> => {
      const body = { contact_ids: wish.contacts, after_seconds: wish.after || undefined }
      return (await answer(client.POST('/campaigns/{id}/people', { params: { path: { id } }, body }))).people ?? []
    },
    onSettled: () => queries.invalidateQueries({ queryKey: campaignKeys.all }),
  })
}

/** Makes a campaign, or changes the one that is given. */
export function useSave() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, form }: { id?: number; form: Form }) =>
      id === undefined
        ? answer(client.POST('/campaigns', { body: form }))
        : answer(client.PUT('/campaigns/{id}', { params: { path: { id } }, body: form })),
    onSuccess: (campaign) => {
      queries.setQueryData(campaignKeys.one(campaign.id), campaign)
      void queries.invalidateQueries({ queryKey: ['campaigns', 'list'] })
    },
  })
}

/** Clone, rename and delete. */
export function useKeep(id: number) {
  const queries = useQueryClient()
  const changed = () => queries.invalidateQueries({ queryKey: campaignKeys.all })
  const path = { id }
  return {
    clone: async (name: string) => {
      const made = await answer(client.POST('/campaigns/{id}/clone', { params: { path }, body: { name } }))
      void changed()
      return made
    },
    rename: async (name: string) => {
      const campaign = await answer(client.PUT('/campaigns/{id}/name', { params: { path }, body: { name } }))
      queries.setQueryData(campaignKeys.one(id), campaign)
      void changed()
    },
    remove: async (confirm: string) => {
      await answer(client.DELETE('/campaigns/{id}', { params: { path, query: { confirm } } }))
      queries.removeQueries({ queryKey: campaignKeys.one(id) })
      void queries.invalidateQueries({ queryKey: ['campaigns', 'list'] })
    },
  }
}

/** How far a run is, in people: a message that was handed to a fallback is not counted twice. `resting` people wait for their next step. */
export function progressOf(counts: Record<string, number>, resting = 0) {
  const n = (key: string) => counts[key] ?? 0
  const total = n('total') - n('superseded')
  const waiting = n('queued') + n('sending') + n('unknown') + resting
  return {
    total,
    waiting,
    done: Math.max(0, total - waiting),
    // Who has waited has a next step, and is counted there.
    parts: exclusive.filter((status) => status !== 'waited').map((status) => ({ status, n: n(status) })),
  }
}
