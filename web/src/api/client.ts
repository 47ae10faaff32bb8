import createClient from 'openapi-fetch'

import { i18n } from '@/i18n'

import { Problem } from './problem'
import type { paths } from './schema'
import { chosenWorkspace } from './workspace'

/** Where the API lives. */
export const base = '/api/v1'

/** The typed client of our API. The session is a cookie; errors come in the language of the page. */
export const client = createClient<paths>({
  baseUrl: base,
  // Looked up at each call, so that tests can replace it.
  fetch: (request) => window.fetch(request),
})

/** What every call says about who asks: the language of errors and the workspace. For calls that the typed client cannot make, such as uploads with progress. */
export function callHeaders(): Record<string, string> {
  const workspace = chosenWorkspace()
  return { 'Accept-Language': i18n.language, ...(workspace && { 'X-Loa-Workspace': workspace }) }
}

client.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(callHeaders())) request.headers.set(name, value)
    return request
  },
})

/** The address of an event stream or a download, which the browser asks for itself and cannot give headers: workspace and language stand in the address. */
export function address(path: string, query: Record<string, string | number | undefined> = {}): string {
  const all = new URLSearchParams()
  const workspace = chosenWorkspace()
  for (const [key, value] of Object.entries({ ...query, lang: i18n.language, workspace }))
    if (value !== undefined && value !== '') all.set(key, String(value))
  return `${base}${path}?${all.toString()}`
}

/** Gives the answer's body or throws a Problem; a lost connection throws what fetch threw. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call
  if (!response.ok) throw new Problem(response.status, error)
  return data as T
}
