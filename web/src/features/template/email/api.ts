import { queryOptions } from '@tanstack/react-query'

import { answer, base, client } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema'
import { i18n } from '@/i18n'

import type { EmailContent } from './content'

export type MailReport = components['schemas']['TemplateReport']
export type Rendered = components['schemas']['TemplateRendered']
export type Asset = components['schemas']['Asset']

/** What the server says of a mail that is not saved yet. */
export const reportQuery = (content: EmailContent) =>
  queryOptions({
    queryKey: ['templates', 'check', 'email', content],
    queryFn: ({ signal }): Promise<MailReport> =>
      answer(client.POST('/templates/check', { body: { channel: 'email', content }, signal })),
    enabled: content.subject.trim() !== '' && content.html.trim() !== '',
    retry: false,
    staleTime: 60_000,
  })

/** The mail filled in with a contact, or with made-up data. */
export const renderedQuery = (content: EmailContent, contact: number | undefined) =>
  queryOptions({
    queryKey: ['templates', 'preview', 'email', content, contact ?? 0],
    queryFn: ({ signal }): Promise<Rendered> =>
      answer(client.POST('/templates/preview', { body: { channel: 'email', content, contact_id: contact }, signal })),
    enabled: content.subject.trim() !== '' && content.html.trim() !== '',
    retry: false,
    staleTime: 60_000,
  })

export const assetsQuery = queryOptions({
  queryKey: ['assets'],
  queryFn: async ({ signal }): Promise<Asset[]> => (await answer(client.GET('/assets', { signal }))).items ?? [],
})

/** Uploads a picture for mails. */
export async function upload(file: File): Promise<Asset> {
  const response = await window.fetch(`${base}/assets?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream', 'Accept-Language': i18n.language },
    body: file,
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new Problem(response.status, body)
  return body as Asset
}

export async function removeAsset(hash: string): Promise<void> {
  await answer(client.DELETE('/assets/{hash}', { params: { path: { hash } } }))
}
