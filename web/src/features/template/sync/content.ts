import type { components } from '@/api/schema'

export type Offer = components['schemas']['SyncOffer']
export type Custom = components['schemas']['SyncCustom']
export const platforms = ['getresponse', 'getfly'] as const
export type Platform = (typeof platforms)[number]

/** What is written about a customer into another platform, as the API stores it. */
export interface SyncContent {
  provider: Platform | ''
  /** The account whose list, fields and tags these are. */
  connection_id: number
  list?: string
  list_name?: string
  /** The platform's own fields to texts with variables. */
  fields: Record<string, string>
  /** Fields that the shop has added. */
  custom?: Record<string, string>
  tags?: string[]
  types?: string[]
  sources?: string[]
  existing?: 'update' | 'keep'
}

export const emptySync: SyncContent = { provider: '', connection_id: 0, fields: {} }

/** The platform's own fields that this version can name. */
export const known = [
  'email',
  'name',
  'account_code',
  'account_name',
  'phone_office',
  'birthday',
  'billing_address_street',
  'province_name',
  'district_name',
  'ward_name',
  'description',
  'website',
  'sic_code',
  'relation_name',
  'account_manager_username',
] as const

const needed: Record<Platform, readonly string[]> = {
  getresponse: ['email'],
  getfly: ['account_code', 'account_name'],
}

export const required = (c: SyncContent): readonly string[] => (c.provider ? needed[c.provider] : [])

/** What a sync with an account begins with: who the person is. */
export function startOf(provider: Platform, connection: number): SyncContent {
  const fields: Record<string, string> =
    provider === 'getresponse'
      ? { email: '{{ contact.email }}', name: '{{ contact.name }}' }
      : {
          account_code: 'LOA-{{ contact.id }}',
          account_name: '{{ contact.name }}',
          phone_office: '{{ contact.phone }}',
          email: '{{ contact.email }}',
        }
  return { provider, connection_id: connection, fields }
}

/** The content for another account. What means the same in each account of a platform stays; ids of lists and tags do not. */
export function withAccount(c: SyncContent, provider: Platform, connection: number): SyncContent {
  if (c.provider !== provider) return startOf(provider, connection)
  if (c.connection_id === connection) return c
  return { provider, connection_id: connection, fields: c.fields, existing: c.existing }
}

/** One line of the mapping: a field of the platform, or one that the shop has added. */
export interface Line {
  place: 'fields' | 'custom'
  key: string
}

/** The lines in the order of the offer; what the account does not know any more stands at the end. */
export function linesOf(c: SyncContent, offer: Offer | undefined): Line[] {
  const order = [...(offer?.fields ?? []).map((f) => f.key), ...known]
  const at = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length)
  const customs = (offer?.custom ?? []).map((f) => f.key)
  const atCustom = (key: string) => (customs.includes(key) ? customs.indexOf(key) : customs.length)
  return [
    ...Object.keys(c.fields)
      .sort((a, b) => at(a) - at(b))
      .map((key) => ({ place: 'fields' as const, key })),
    ...Object.keys(c.custom ?? {})
      .sort((a, b) => atCustom(a) - atCustom(b))
      .map((key) => ({ place: 'custom' as const, key })),
  ]
}

/** The content with the text of a line; undefined takes the line out. */
export function withLine(c: SyncContent, { place, key }: Line, text: string | undefined): SyncContent {
  const next = Object.fromEntries(Object.entries(c[place] ?? {}).filter(([k]) => k !== key))
  if (text !== undefined) next[key] = text
  if (place === 'fields') return { ...c, fields: next }
  return { ...c, custom: Object.keys(next).length > 0 ? next : undefined }
}

/** Whether something that must be there is missing, so that the server would refuse the content. */
export const unfinished = (c: SyncContent): boolean =>
  !c.provider ||
  c.connection_id === 0 ||
  (c.provider === 'getresponse' && !c.list) ||
  required(c).some((key) => !c.fields[key]?.trim())
