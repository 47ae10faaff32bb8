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
}
