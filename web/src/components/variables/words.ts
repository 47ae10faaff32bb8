import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { answer, client } from '@/api/client'

import type { Format } from './expression'

/** The custom attributes of the workspace. */
export const attributesQuery = queryOptions({
  queryKey: ['attributes'],
  queryFn: async ({ signal }) => (await answer(client.GET('/attributes', { signal }))) ?? [],
  staleTime: 60_000,
})

type Kind = 'text' | 'person' | 'phone' | 'number' | 'money' | 'date' | 'moment' | 'other'

/** The ways of writing that make sense for a kind of value. */
export const formatsOf: Record<Kind, readonly Format[]> = {
  text: ['title', 'upcase', 'no_accents'],
  person: ['title', 'upcase', 'no_accents'],
  phone: ['phone_local'],
  number: ['round', 'money'],
  money: ['round', 'money', 'money_vnd'],
  date: ['date', 'month'],
  moment: ['date', 'date_time', 'month'],
  other: [],
}

export interface Variable {
  path: string
  label: string
  kind: Kind
}

export interface Group {
  label: string
  items: Variable[]
}

const contact = [
  ['contact.name', 'name', 'person'],
  ['contact.first_name', 'firstName', 'person'],
  ['contact.phone', 'phone', 'phone'],
  ['contact.email', 'email', 'other'],
  ['contact.birthday', 'birthday', 'date'],
  ['contact.gender', 'gender', 'other'],
  ['contact.external_id', 'externalId', 'text'],
  ['contact.tags', 'tags', 'other'],
] as const

const rest = [
  ['workspace.name', 'workspace', 'text'],
  ['campaign.name', 'campaign', 'text'],
  ['now', 'now', 'moment'],
] as const

const voucher = [
  ['voucher.code', 'voucherCode', 'other'],
  ['voucher.worth', 'voucherWorth', 'other'],
  ['voucher.valid_until', 'voucherUntil', 'moment'],
] as const

/** The newest vouchers, whose codes can be written by name. */
const vouchersQuery = queryOptions({
  queryKey: ['vouchers', 'names'],
  queryFn: async ({ signal }) =>
    (await answer(client.GET('/vouchers', { params: { query: { limit: 20 } }, signal }))).items ?? [],
  staleTime: 60_000,
  retry: false,
})

const kindOf: Record<string, Kind> = {
  text: 'text',
  number: 'number',
  money: 'money',
  date: 'date',
  boolean: 'other',
  list: 'other',
}

/** Attribute keys may hold a dash, which the language would read as a minus. */
const writable = /^\w+$/

/** Everything that can stand in a template, named in the language of the page. Attributes are missing until they are loaded. */
export function useVariables({ unsubscribe = false } = {}): {
  groups: Group[]
  find: (path: string) => Variable | undefined
  label: (path: string) => string
} {
  const { t } = useTranslation()
  const attributes = useQuery(attributesQuery).data ?? []
  const vouchers = useQuery(vouchersQuery).data ?? []
  const groups: Group[] = [
    {
      label: t('variables.contactGroup'),
      items: contact.map(([path, key, kind]) => ({ path, label: t(`variables.${key}`), kind })),
    },
    {
      label: t('variables.attributeGroup'),
      items: attributes
        .filter((a) => writable.test(a.key))
        .map((a) => ({ path: `contact.attrs.${a.key}`, label: a.label || a.key, kind: kindOf[a.type] ?? 'text' })),
    },
    {
      label: t('variables.voucherGroup'),
      items:
        vouchers.length === 0
          ? []
          : [
              ...voucher.map(([path, key, kind]) => ({ path, label: t(`variables.${key}`), kind })),
              ...vouchers.map((v) => ({
                path: `voucher.code_${v.id}`,
                label: t('variables.voucherOf', { name: v.name }),
                kind: 'other' as const,
              })),
            ],
    },
    {
      label: t('variables.otherGroup'),
      items: [
        ...rest.map(([path, key, kind]) => ({ path, label: t(`variables.${key}`), kind })),
        ...(unsubscribe
          ? [{ path: 'unsubscribe_url', label: t('variables.unsubscribe'), kind: 'other' as const }]
          : []),
      ],
    },
  ].filter((g) => g.items.length > 0)
  const find = (path: string) => groups.flatMap((g) => g.items).find((v) => v.path === path)
  return { groups, find, label: (path) => find(path)?.label ?? path }
}
