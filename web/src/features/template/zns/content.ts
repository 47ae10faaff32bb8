import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type ZaloTemplate = Schemas['ZnsTemplate']
export type ZaloList = Schemas['ZnsList']
export type ZaloParam = Schemas['ZnsParam']

/** One parameter as the template of ours keeps it. */
export interface Param {
  name: string
  type: string
  required: boolean
  min_length: number
  max_length: number
  accept_null: boolean
}

/** A ZNS template as the API stores it. */
export interface ZNSContent {
  template_id: string
  connection_id: number
  params: Record<string, string>
  schema: Param[]
  price_vnd: number
  timeout_ms: number
  tag: string
  /** The kind of journey token, and what tells one trip from another. */
  journey?: string
  journey_code?: string
}

/** The kinds of journey tokens. */
export const journeys = ['token_logistics_7', 'token_logistics_30', 'token_coach_bus_7', 'token_coach_bus_30'] as const

export const emptyZNS: ZNSContent = {
  template_id: '',
  connection_id: 0,
  params: {},
  schema: [],
  price_vnd: 0,
  timeout_ms: 0,
  tag: '',
}

/** The types of parameters that Zalo numbers, besides plain text. */
export const kinds = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15'] as const
export type Kind = (typeof kinds)[number]

const longest: Record<string, number> = {
  1: 30,
  2: 15,
  3: 200,
  4: 30,
  5: 30,
  6: 30,
  7: 50,
  8: 5,
  9: 200,
  10: 20,
  11: 20,
  12: 10,
  13: 200,
  14: 12,
  15: 90,
}

/** The longest value that a parameter takes; 0 = no limit is known. */
export function limitOf(p: Param): number {
  const kind = longest[p.type] ?? 0
  return p.max_length > 0 && (kind === 0 || p.max_length < kind) ? p.max_length : kind
}

/** What a parameter is probably meant for, by its name. */
export function guessText(name: string): string {
  if (/(^|_)(customer|name|ten|khach)/i.test(name) && !/product|order|shop|code|san_pham/i.test(name))
    return '{{ contact.name | default: "Quý khách" }}'
  if (/phone|sdt|dien_thoai/i.test(name)) return '{{ contact.phone | phone_local }}'
  if (/email/i.test(name)) return '{{ contact.email }}'
  if (/birth|sinh_nhat|ngay_sinh/i.test(name)) return '{{ contact.birthday | date: "dd/MM/yyyy" }}'
  return ''
}

const paramOf = (p: ZaloParam, old?: Param): Param => ({
  name: p.name,
  // Zalo says "STRING" for most: what somebody has chosen stays, else what sample and length speak for.
  type: old && kinds.includes(old.type as Kind) ? old.type : p.guess || p.type,
  required: p.required,
  min_length: p.min_length,
  max_length: p.max_length,
  accept_null: p.accept_null,
})

/** Takes over what Zalo says of a template. Texts of parameters that it still has stay. */
export function adopt(content: ZNSContent, connection: number, t: ZaloTemplate): ZNSContent {
  const params = t.params ?? []
  const same = content.template_id === t.template_id && content.connection_id === connection
  return {
    template_id: t.template_id,
    connection_id: connection,
    params: Object.fromEntries(params.map((p) => [p.name, content.params[p.name] ?? guessText(p.name)])),
    schema: params.map((p) => paramOf(p, same ? content.schema.find((o) => o.name === p.name) : undefined)),
    price_vnd: t.price_vnd,
    timeout_ms: t.timeout_ms,
    tag: t.tag,
    ...(same && content.journey ? { journey: content.journey } : {}),
    ...(same && content.journey_code ? { journey_code: content.journey_code } : {}),
  }
}

const facts = (c: ZNSContent) => JSON.stringify([c.schema, c.price_vnd, c.timeout_ms, c.tag])

/** Whether Zalo has changed a template since the content took it over. */
export function outdated(content: ZNSContent, t: ZaloTemplate): boolean {
  return facts(adopt(content, content.connection_id, t)) !== facts(content)
}

const needed = (p: Param) => p.required && !p.accept_null

/** The parameters that Zalo needs and nothing fills yet. */
export const blanks = (content: ZNSContent): string[] =>
  content.schema.filter((p) => needed(p) && !content.params[p.name]?.trim()).map((p) => p.name)

/** What can be shown while some parameters are still blank: the API refuses to fill in what it could not send. */
export function showable(content: ZNSContent): ZNSContent {
  const blank = blanks(content)
  return {
    ...content,
    schema: content.schema.map((p) => (blank.includes(p.name) ? { ...p, required: false } : p)),
  }
}

/** Puts values where a text has <placeholders>; what has none stays visible. */
export const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/<([^<>\s]+)>/g, (whole, name: string) => values[name] || whole)
