import { queryOptions } from '@tanstack/react-query'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'
import { serves } from '@/lib/channels'

export type Connection = components['schemas']['Connection']
export type Message = components['schemas']['ReportMessage']
export type Asked = components['schemas']['MessageAsked']

/** Connections of one channel through which something can be sent now. */
export const connectionsQuery = (channel: string) =>
  queryOptions({
    queryKey: ['connections', 'trial', channel],
    queryFn: async ({ signal }): Promise<Connection[]> => {
      const page = await answer(client.GET('/connections', { signal }))
      return (page.items ?? []).filter((c) => serves(c, channel) && c.state === 'active')
    },
  })

export const contactsQuery = (search: string) =>
  queryOptions({
    queryKey: ['contacts', 'trial', search],
    queryFn: async ({ signal }) =>
      (await answer(client.GET('/contacts', { params: { query: { search, limit: 10 } }, signal }))).items ?? [],
    staleTime: 30_000,
  })

/** States in which our own work on a message is not over. */
const open = ['queued', 'sending', 'unknown']

/** One message with its story; read again and again while it is under way, and for a while after, because receipts come late. */
export const messageQuery = (id: number) =>
  queryOptions({
    queryKey: ['messages', id],
    queryFn: ({ signal }): Promise<Message> =>
      answer(client.GET('/messages/{id}', { params: { path: { id: String(id) } }, signal })),
    refetchInterval: (query) => {
      const state = query.state.data?.leg.state
      if (state === undefined || open.includes(state)) return 1000
      return state === 'processing' && query.state.dataUpdateCount < 90 ? 2000 : false
    },
  })

export interface Wish {
  connection: number
  to: string
  contact?: number
  params?: Record<string, string>
  content?: unknown
}

/** Sends one real message. The key makes a second press, or a repeated request, the same message. */
export const send = (template: number, wish: Wish, key: string): Promise<Asked> =>
  answer(
    client.POST('/templates/{id}/test', {
      params: { path: { id: template }, header: { 'Idempotency-Key': key } },
      body: {
        connection_id: wish.connection,
        to: wish.to,
        contact_id: wish.contact,
        params: wish.params,
        content: wish.content,
      },
    }),
  )
