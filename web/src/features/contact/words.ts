import { useTranslation } from 'react-i18next'

import { formatMoney, formatNumber } from '@/lib/format'

import type { Attribute, Contact } from './api'

export const channels = ['zns', 'sms', 'email', 'zalo_oa', 'messenger', 'ai_call'] as const
export type Channel = (typeof channels)[number]

export const genders = ['male', 'female', 'other'] as const
const kinds = ['phone', 'email', 'zalo_user', 'messenger'] as const
const reasons = ['unsubscribed', 'complained', 'bounced', 'blocked', 'erased', 'manual', 'provider'] as const

/** Names what has a fixed set of words; what this version does not know is shown as it came. */
export function useWords() {
  const { t } = useTranslation()
  return {
    gender: (word: string): string => {
      const known = genders.find((g) => g === word)
      return known ? t(`contacts.gender.${known}`) : word
    },
    kind: (word: string): string => {
      const known = kinds.find((k) => k === word)
      return known ? t(`contacts.kind.${known}`) : word
    },
    reason: (word: string): string => {
      const known = reasons.find((r) => r === word)
      return known ? t(`contacts.reason.${known}`) : word
    },
  }
}

/** What to call a person on the page. */
export function useCall() {
  const { t } = useTranslation()
  return (c: Pick<Contact, 'id' | 'name' | 'phone' | 'email' | 'external_id'>): string =>
    c.name || c.phone || c.email || c.external_id || t('contacts.noName', { id: c.id })
}

/** A day YYYY-MM-DD as people write it: day first. */
export const formatDay = (day: string): string => day.replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$3/$2/$1')

/** Writes the value of a custom attribute for people. '' = none. */
export function useAttributeText() {
  const { t, i18n } = useTranslation()
  return (attribute: Attribute, value: unknown): string => {
    if (value === undefined || value === null) return ''
    if (Array.isArray(value)) return value.map(String).join(', ')
    if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no')
    if (typeof value === 'number')
      return attribute.type === 'money' ? formatMoney(value, i18n.language) : formatNumber(value, i18n.language)
    return attribute.type === 'date' ? formatDay(String(value)) : String(value)
  }
}
