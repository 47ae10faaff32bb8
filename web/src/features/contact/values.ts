import type { Attribute, Change, Contact } from './api'

/** What stands in the form of a person. Attributes are by key; a field that was never filled is undefined. */
export interface Values {
  name?: string
  phone?: string
  email?: string
  external_id?: string
  birthday?: string
  gender?: string
  tags?: string[]
  attrs?: Record<string, unknown>
}

const texts = ['name', 'phone', 'email', 'external_id', 'birthday', 'gender'] as const

export const valuesOf = (c: Contact): Values => ({
  ...Object.fromEntries(texts.map((key) => [key, c[key]])),
  tags: c.tags ?? [],
  attrs: { ...c.attrs },
})

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
const blank = (v: unknown): boolean => v === undefined || v === null || v === '' || (Array.isArray(v) && v.length === 0)

/** What differs between the form and the person as read: only that is sent, so that two people who edit different things do not undo each other. An emptied field is erased. */
export function changeOf(values: Values, before: Values, attributes: Attribute[]): Omit<Change, 'version'> {
  const change: Omit<Change, 'version'> = {}
  for (const key of texts) {
    const now = (values[key] ?? '').trim()
    if (now !== (before[key] ?? '')) change[key] = now
  }
  if (!same(values.tags ?? [], before.tags ?? [])) change.tags = values.tags ?? []
  const attrs: Record<string, unknown> = {}
  for (const { key } of attributes) {
    const now = values.attrs?.[key]
    const was = before.attrs?.[key]
    if (blank(now) ? !blank(was) : !same(now, was)) attrs[key] = blank(now) ? null : now
  }
  if (Object.keys(attrs).length > 0) change.attrs = attrs
  return change
}

/** One line of a comparison before two people are joined. */
export interface Joined {
  key: string
  keep: unknown
  drop: unknown
  /** What becomes of the dropped person's value: it stays nowhere, or fills a gap, or is kept beside the other. */
  fate: 'same' | 'lost' | 'taken' | 'added'
}

/** What joining `drop` into `keep` does, value by value, as the API does it. */
export function joinedOf(keep: Contact, drop: Contact, attributes: Attribute[]): Joined[] {
  const line = (key: string, a: unknown, b: unknown, beside: boolean): Joined => {
    const fate = blank(b) || same(a, b) ? 'same' : blank(a) ? 'taken' : beside ? 'added' : 'lost'
    return { key, keep: a, drop: b, fate }
  }
  return [
    line('name', keep.name, drop.name, false),
    line('phone', keep.phone, drop.phone, true),
    line('email', keep.email, drop.email, true),
    line('external_id', keep.external_id, drop.external_id, false),
    line('birthday', keep.birthday, drop.birthday, false),
    line('gender', keep.gender, drop.gender, false),
    line('tags', keep.tags ?? [], drop.tags ?? [], true),
    ...attributes.map((a) => line(`attr.${a.key}`, keep.attrs[a.key], drop.attrs[a.key], false)),
  ].filter((l) => !blank(l.keep) || !blank(l.drop))
}
