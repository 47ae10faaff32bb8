interface Op<Result, Body = undefined, Path = undefined, Query = undefined> {
  parameters: {
    path?: Path
    query?: Query
  }
  requestBody?: Body extends undefined ? undefined : { content: { 'application/json': Body } }
  responses: { 200: { content: { 'application/json': Result } } }
}
export interface Session {
  user: { id: number; name: string; email: string; language: string }
  role: string
  workspace: { id: number; name: string; timezone: string }
}
export interface Counts {
  campaign_id: number
  run_id: number
  state: string
  state_reason?: string
  dispatched: boolean
  people: number
  waiting: number
  spent: number
  legs: { rank: number; channel: string; template: string; words: string[]; counts: Record<string, number> }[]
  total: Record<string, number>
}
export interface Cause {
  code: string
  class?: string
  provider?: string
  meaning: string
  advice?: string
}
export interface ContactRef {
  id: number
  name: string
  external_id?: string
  phone?: string
  email?: string
}
export interface Activity {
  message_id: number
  run_id: number
  contact: ContactRef
  rank: number
  channel: string
  connection_id: number
  status: string
  counted: string[] | null
  superseded?: boolean
  cause?: Cause
  price: number
  due_at?: number
  facts: Record<string, number>
}
export interface InterimPaths {
  '/setup': {
    get: Op<{ needed: boolean }>
    post: Op<Session, { token: string; name: string; email: string; password: string; workspace: string }>
  }
  '/session': {
    get: Op<Session>
    post: Op<Session, { email: string; password: string }>
    delete: Op<undefined>
  }
  '/session/link': { post: Op<Session, { token: string }> }
  '/campaigns/{id}/activity': {
    get: Op<
      { items: Activity[] | null; next?: string },
      undefined,
      { id: number },
      { status?: string; rank?: number; channel?: string; search?: string; cursor?: string; limit?: number }
    >
  }
  '/campaigns/{id}/counts': { get: Op<Counts, undefined, { id: number }> }
}
