export const methods = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof methods)[number]

export const bodyTypes = ['json', 'form', 'text'] as const
export type BodyType = (typeof bodyTypes)[number]

export interface HTTPHeader {
  name: string
  value: string
}

/** An HTTP request as the API stores it. The host is the connection's; the path stands behind its address. */
export interface HTTPContent {
  method: Method
  path: string
  headers?: HTTPHeader[]
  body_type?: BodyType
  body?: string
  /** Every 2xx is a success; else only 200 is. */
  any_success?: boolean
  /** The other side bears the same call twice. */
  repeat?: boolean
  /** Key of an attribute to the JSON pointer of its value in the answer (RFC 6901). */
  save?: Record<string, string>
}

/** What the server takes. */
export const limits = { path: 4000, header: 4000, headers: 20, saved: 20, pointer: 300 } as const

export const emptyHTTP: HTTPContent = {
  method: 'POST',
  path: '/',
  body_type: 'json',
  body: '{\n  "phone": "{{ contact.phone }}",\n  "name": "{{ contact.name }}"\n}',
}

/** Whether calls of this method are repeated after a lost answer without anybody's saying so, because a repeat does no harm. */
export const harmless = (m: Method): boolean => m === 'GET' || m === 'PUT' || m === 'DELETE'

const headerName = /^[A-Za-z][A-Za-z0-9-]{0,99}$/

/** A JSON pointer: empty, or each part with a slash in front. */
export const goodPointer = (p: string): boolean => p === '' || p.startsWith('/')

/** What of the path leads elsewhere than below the connection's address. */
export const goodPath = (p: string): boolean => p.startsWith('/') && !p.startsWith('//') && !p.includes('#')

/** Whether something that must be there is missing, so that the server would refuse the content. */
export function unfinished(c: HTTPContent): boolean {
  if (!goodPath(c.path)) return true
  if (c.method === 'GET' && c.body?.trim()) return true
  if (!(c.headers ?? []).every((h) => headerName.test(h.name))) return true
  return !Object.entries(c.save ?? {}).every(([key, pointer]) => key !== '' && goodPointer(pointer))
}

/** The part of unfinished content that can already be shown; undefined while there is none. */
export function showable(c: HTTPContent): HTTPContent | undefined {
  const out = { ...c, headers: c.headers?.filter((h) => headerName.test(h.name)), save: undefined }
  return unfinished(out) ? undefined : out
}

/** A body as people read it; what is no JSON stays as it is. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

/** The request with another method. A GET has no body; it comes back with the next method. */
export function withMethod(c: HTTPContent, method: Method, kept: string | undefined): HTTPContent {
  const body = method === 'GET' ? undefined : (c.body ?? kept)
  return { ...c, method, body, repeat: harmless(method) ? undefined : c.repeat }
}
