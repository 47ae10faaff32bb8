import { vi } from 'vitest'

/** Answers by "METHOD /path" below /api/v1: a body, or a function of the request that gives one or a whole Response. */
export type Answers = Record<string, unknown>

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
}

/** A problem document as the API sends it. */
export function problem(status: number, code: string, detail: string, errors: unknown[] = []): Response {
  return Response.json({ status, code, detail, errors, request_id: 'req-1' }, { status })
}

/** Puts a small server behind window.fetch and notes what was asked of it. What it does not know is 404. */
export function serve(answers: Answers): Asked[] {
  const asked: Asked[] = []
  const handle = async (input: RequestInfo | URL): Promise<Response> => {
    const request = input instanceof Request ? input : new Request(input)
    const url = new URL(request.url)
    const path = url.pathname.replace(/^\/api\/v1/, '')
    const text = await request.text()
    const one: Asked = {
      method: request.method,
      path,
      query: url.searchParams,
      body: text ? JSON.parse(text) : undefined,
    }
    asked.push(one)
    const found = answers[`${request.method} ${path}`]
    const result: unknown = typeof found === 'function' ? (found as (a: Asked) => unknown)(one) : found
    if (result instanceof Response) return result.clone()
    if (result === undefined) return problem(404, 'request.not_found', 'Không có địa chỉ này.')
    return result === null ? new Response(null, { status: 204 }) : Response.json(result)
  }
  vi.stubGlobal('fetch', handle)
  window.fetch = handle
  return asked
}
