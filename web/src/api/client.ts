import createClient from 'openapi-fetch'

import { i18n } from '@/i18n'

import { Problem } from './problem'
import type { paths } from './schema'

/** Where the API lives; event streams and downloads are opened by address. */
export const base = '/api/v1'

/** The typed client of our API. The session is a cookie; errors come in the language of the page. */
export const client = createClient<paths>({
  baseUrl: base,
  // Looked up at each call, so that tests can replace it.
  fetch: (request) => window.fetch(request),
})

client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', i18n.language)
    return request
  },
})

/** Gives the answer's body or throws a Problem; a lost connection throws what fetch threw. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call
  if (!response.ok) throw new Problem(response.status, error)
  return data as T
}
