/** One value in a template, as the picker makes it: {{ contact.name | default: "bạn" }}. */
export interface Expression {
  /** contact.name, contact.attrs.tier, params.code … */
  path: string
  /** How it is written. */
  format?: Format
  /** What stands there when a customer has no value. */
  fallback?: string
}

/** The ways of writing a value that the picker offers; a template may use every filter of the language. */
export const formats = [
  'title',
  'upcase',
  'no_accents',
  'phone_local',
  'money',
  'money_vnd',
  'round',
  'date',
  'date_time',
  'month',
] as const
export type Format = (typeof formats)[number]

const filters: Record<Format, string> = {
  title: 'title',
  upcase: 'upcase',
  no_accents: 'no_accents',
  phone_local: 'phone_local',
  money: 'money',
  money_vnd: 'money_vnd',
  round: 'round',
  date: 'date: "dd/MM/yyyy"',
  date_time: 'date: "HH:mm dd/MM/yyyy"',
  month: 'date: "MM/yyyy"',
}

/** Text constants of the language have no escapes: the other kind of quotes is used, and a text with both kinds loses the double ones. */
const quoted = (text: string) => {
  const clean = text.replace(/[{}\n\r]+/g, ' ')
  return clean.includes('"') && !clean.includes("'") ? `'${clean}'` : `"${clean.replaceAll('"', '')}"`
}

/** Writes the value as template text. The replacement comes last, so that it stays as it was typed. */
export function write({ path, format, fallback }: Expression): string {
  const parts = [path]
  if (format) parts.push(filters[format])
  if (fallback) parts.push(`default: ${quoted(fallback)}`)
  return `{{ ${parts.join(' | ')} }}`
}

const simple =
  /^\{\{\s*([\w.-]+)\s*(?:\|\s*((?!default)[a-z_]+(?::\s*"[^"]*")?)\s*)?(?:\|\s*default:\s*(?:"([^"]*)"|'([^']*)')\s*)?\}\}$/

/** Reads a text that the picker could have made; undefined for every other. */
export function read(text: string): Expression | undefined {
  const found = simple.exec(text.trim())
  if (!found?.[1]) return undefined
  const filter = found[2]?.replace(/:\s*/, ': ')
  const format = filter ? formats.find((f) => filters[f] === filter) : undefined
  if (filter && !format) return undefined
  return { path: found[1], format, fallback: found[3] ?? found[4] }
}

/** The values of a text that have no replacement for customers without one. What does not depend on the customer is left out. */
export function bare(text: string): string[] {
  const out = new Set<string>()
  for (const [, inner = ''] of text.matchAll(/\{\{(.*?)\}\}/gs)) {
    const [path = '', ...rest] = inner.split('|').map((part) => part.trim())
    if (/^(contact|params|voucher)\./.test(path) && !rest.some((part) => part.startsWith('default'))) out.add(path)
  }
  return [...out]
}
