import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'

import type { Channel } from './api'

export type Rendered = components['schemas']['TemplateRendered']

/** Segments to choose from, by a part of their name. */
export const segmentsQuery = (search: string) =>
  queryOptions({
    queryKey: ['campaigns', 'segments', search],
    queryFn: async () => {
      const query = { search: search || undefined, limit: 50 }
      return (await answer(client.GET('/segments', { params: { query } }))).items ?? []
    },
    placeholderData: keepPreviousData,
  })

/** One segment that is chosen already, for its name. */
export const segmentQuery = (id: number) =>
  queryOptions({
    queryKey: ['campaigns', 'segment', id],
    queryFn: () => answer(client.GET('/segments/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
    retry: false,
  })

export const connectionsQuery = queryOptions({
  queryKey: ['campaigns', 'connections'],
  queryFn: async () => (await answer(client.GET('/connections'))).items ?? [],
  staleTime: 10_000,
})

/** Templates of a channel, by a part of their name. */
export const templatesQuery = (channel: Channel, search: string) =>
  queryOptions({
    queryKey: ['campaigns', 'templates', channel, search],
    queryFn: async () => {
      const query = { channel, search: search || undefined, limit: 50 }
      return (await answer(client.GET('/templates', { params: { query } }))).items ?? []
    },
    placeholderData: keepPreviousData,
  })

/** A template filled in with made-up data. */
export const previewQuery = (id: number, channel: Channel) =>
  queryOptions({
    queryKey: ['campaigns', 'preview', id],
    queryFn: async () => {
      const template = await answer(client.GET('/templates/{id}', { params: { path: { id } } }))
      const rendered = await answer(client.POST('/templates/preview', { body: { channel, content: template.content } }))
      return { name: template.name, rendered }
    },
    staleTime: 10_000,
    retry: false,
  })

/** May something be sent now, by channel and purpose, within these hours of the campaign's own. */
export const sendingQuery = queryOptions({
  queryKey: ['campaigns', 'sending'],
  queryFn: () => answer(client.POST('/workspace/sending', { body: {} })),
  staleTime: 30_000,
})
