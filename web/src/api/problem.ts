/** What is wrong with one field of a request. */
export interface FieldProblem {
  path: string
  code: string
  detail: string
}

/** An error answer of the API: `detail` is in the reader's language, `code` is for decisions. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: FieldProblem[]
  readonly requestID: string

  constructor(status: number, body: unknown) {
    const b = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
    const text = (key: string) => (typeof b[key] === 'string' ? b[key] : '')
    super(text('code') || `status ${status}`)
    this.name = 'Problem'
    this.status = status
    this.code = text('code')
    this.detail = text('detail')
    this.requestID = text('request_id')
    this.errors = Array.isArray(b.errors) ? (b.errors as FieldProblem[]) : []
  }
}
