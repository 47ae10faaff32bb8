import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, base, callHeaders, client } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Template = Schemas['Template']
export type TemplateLine = Schemas['TemplateLine']
export type TemplateUse = Schemas['TemplateUse']
export type Rendered = Schemas['TemplateRendered']
export type Report = Schemas['TemplateReport']
export type Connection = Schemas['Connection']

const pageSize = 20

export const templatesQuery = (filter: { search?: string; channel?: string; before?: string }) =>
  queryOptions({
    queryKey: ['templates', 'list', filter],
    queryFn: async ({ signal }) => {
      const query = {
        search: filter.search,
        channel: filter.channel as never,
        before: filter.before ? Number(filter.before) : undefined,
        limit: pageSize,
      }
      return answer(client.GET('/templates', { params: { query }, signal }))
    },
    placeholderData: keepPreviousData,
  })

/** One template: the newest version, or an old one. */
export const templateQuery = (id: number, version?: number) =>
  queryOptions({
    queryKey: ['templates', 'one', id, version ?? 0],
    queryFn: ({ signal }): Promise<Template> =>
      answer(client.GET('/templates/{id}', { params: { path: { id }, query: { version } }, signal })),
  })

export const versionsQuery = (id: number) =>
  queryOptions({
    queryKey: ['templates', 'versions', id],
    queryFn: async ({ signal }) =>
      (await answer(client.GET('/templates/{id}/versions', { params: { path: { id } }, signal }))).items ?? [],
  })

/** The campaigns that name a template. */
export const usesQuery = (id: number) =>
  queryOptions({
    queryKey: ['templates', 'uses', id],
    queryFn: async ({ signal }) => {
      const body = await answer(client.GET('/templates/{id}/uses', { params: { path: { id } }, signal }))
      return { items: body.items ?? [], count: body.count }
    },
  })

/** All connections of the workspace; there are few. */
export const connectionsQuery = queryOptions({
  queryKey: ['connections', 'all'],
  queryFn: async ({ signal }): Promise<Connection[]> =>
    (await answer(client.GET('/connections', { signal }))).items ?? [],
  staleTime: 30_000,
})

/** Content filled in with a contact, or with made-up data. */
export const renderedQuery = (channel: string, content: unknown, contact: number | undefined) =>
  queryOptions({
    queryKey: ['templates', 'preview', channel, content, contact ?? 0],
    queryFn: ({ signal }): Promise<Rendered> =>
      answer(
        client.POST('/templates/preview', {
          body: { channel: channel as never, content, contact_id: contact },
          signal,
        }),
      ),
    retry: false,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

/** What the server says of content that is not saved yet. */
export const reportQuery = (channel: string, content: unknown) =>
  queryOptions({
    queryKey: ['templates', 'check', channel, content],
    queryFn: ({ signal }): Promise<Report> =>
      answer(client.POST('/templates/check', { body: { channel: channel as never, content }, signal })),
    retry: false,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

interface Saving {
  name: string
  content: unknown
  /** The version that was edited; another one in between refuses the change. */
  version: number
}

/** Saves a new template of a channel, or what an old one says. */
export function useSaveTemplate(id: number | undefined, channel: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, content, version }: Saving): Promise<Template> =>
      id === undefined
        ? answer(client.POST('/templates', { body: { name, channel: channel as never, content } }))
        : answer(client.PATCH('/templates/{id}', { params: { path: { id } }, body: { name, content, version } })),
    onSuccess: async (saved) => {
      queries.setQueryData(templateQuery(saved.id).queryKey, saved)
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['templates', 'list'] }),
        queries.invalidateQueries({ queryKey: ['templates', 'versions', saved.id] }),
      ])
    },
  })
}

export function useCloneTemplate() {
  const queries = useQueryClient()
  return async (id: number, name: string): Promise<Template> => {
    const made = await answer(client.POST('/templates/{id}/clone', { params: { path: { id } }, body: { name } }))
    await queries.invalidateQueries({ queryKey: ['templates', 'list'] })
    return made
  }
}

export function useDeleteTemplate() {
  const queries = useQueryClient()
  return async (id: number) => {
    await answer(client.DELETE('/templates/{id}', { params: { path: { id } } }))
    await queries.invalidateQueries({ queryKey: ['templates', 'list'] })
  }
}

export interface Sample {
  contact_id: number
  name: string
  value: string
}

export interface Cause {
  param?: string
  code: string
  limit?: number
  people: number
  samples: Sample[]
}

/** What a check of an audience has found so far. */
export interface AudienceReport {
  people: number
  unreachable: number
  checked: number
  failing: number
  done: boolean
  causes: Cause[]
  empty: Cause[]
  sms?: { parts: { parts: number; people: number }[]; total_parts: number; ucs2: number; longest?: Sample }
}

/** Fills content in for everybody of a segment; progress comes line by line. Ending the signal ends the work on the server. */
export async function checkAudience(
  question: { channel: string; content: unknown; segment_id?: number },
  signal: AbortSignal,
  progress: (report: AudienceReport) => void,
): Promise<AudienceReport> {
  const response = await window.fetch(
    new Request(`${base}/templates/check-audience`, {
      method: 'POST',
      headers: { ...callHeaders(), 'Content-Type': 'application/json' },
      body: JSON.stringify(question),
      signal,
    }),
  )
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => undefined))
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let last: AudienceReport | undefined
  for (;;) {
    const chunk = await reader?.read()
    rest += decoder.decode(chunk?.value, { stream: !chunk?.done })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      last = JSON.parse(line) as AudienceReport
      progress(last)
    }
    if (!chunk || chunk.done) break
  }
  if (!last?.done) throw new Error('the answer ended before the result')
  return last
}
