export const kinds = [
  'add_tag',
  'remove_tag',
  'set_attribute',
  'clear_attribute',
  'add_to_list',
  'remove_from_list',
  'notify_staff',
] as const
export type Kind = (typeof kinds)[number]

/** A notice to people of the shop. */
export interface Notice {
  via: 'email' | 'webhook'
  connection_id: number
  to?: string[]
  subject?: string
  path?: string
  text: string
}

/** An action as the API stores it. Which fields are set follows from the kind. */
export interface ActionContent {
  kind: Kind
  tags?: string[]
  attribute?: string
  value?: string
  list_id?: number
  notice?: Notice
}

export const limits = { tags: 20, value: 4000, to: 20, subject: 250, text: 4000, path: 1000 } as const

export const emptyAction: ActionContent = { kind: 'add_tag', tags: [] }

export const emptyNotice: Notice = { via: 'email', connection_id: 0, to: [], subject: '', text: '' }

/** The content with another kind: what both kinds have stays. */
export function withKind(c: ActionContent, kind: Kind): ActionContent {
  switch (kind) {
    case 'add_tag':
    case 'remove_tag':
      return { kind, tags: c.tags ?? [] }
    case 'set_attribute':
      return { kind, attribute: c.attribute, value: c.value ?? '' }
    case 'clear_attribute':
      return { kind, attribute: c.attribute }
    case 'add_to_list':
    case 'remove_from_list':
      return { kind, list_id: c.list_id }
    case 'notify_staff':
      return { kind, notice: c.notice ?? emptyNotice }
  }
}

/** The notice over another way: a mail has addresses and a subject, a call has a path. */
export function withVia(n: Notice, via: Notice['via']): Notice {
  const { text } = n
  return via === 'email'
    ? { via, connection_id: 0, to: n.to ?? [], subject: n.subject ?? '', text }
    : { via, connection_id: 0, path: n.path ?? '/', text }
}

const address = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/

/** Whether a text can be a mail address. */
export const goodAddress = (text: string): boolean => address.test(text)

/** Whether something that must be there is missing, so that the server would refuse the content. */
export function unfinished(c: ActionContent): boolean {
  switch (c.kind) {
    case 'add_tag':
    case 'remove_tag':
      return (c.tags ?? []).length === 0
    case 'set_attribute':
      return !c.attribute || !c.value?.trim()
    case 'clear_attribute':
      return !c.attribute
    case 'add_to_list':
    case 'remove_from_list':
      return !c.list_id
    case 'notify_staff': {
      const n = c.notice
      if (!n || n.connection_id < 1 || !n.text.trim()) return true
      if (n.via === 'webhook') return !n.path?.startsWith('/')
      return (n.to ?? []).length === 0 || !(n.to ?? []).every(goodAddress) || !n.subject?.trim()
    }
  }
}
