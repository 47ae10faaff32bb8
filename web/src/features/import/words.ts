import { useTranslation } from 'react-i18next'

export const targets = [
  'ignore',
  'name',
  'family_name',
  'phone',
  'email',
  'external_id',
  'gender',
  'birthday',
  'tags',
  'timezone',
] as const

export const types = ['text', 'number', 'money', 'date', 'boolean', 'list'] as const
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1258', 'windows-1252', 'tcvn3', 'viscii'] as const
export const states = ['uploaded', 'queued', 'running', 'finished', 'failed', 'cancelled'] as const
export const channels = ['zns', 'sms', 'email', 'zalo_oa', 'messenger', 'ai_call'] as const

/** Names the state of an import. */
export function useImportState() {
  const { t } = useTranslation()
  return (state: string): string => {
    const known = states.find((s) => s === state)
    return known ? t(`imports.state.${known}`) : state
  }
}

/** Writes a size in bytes for people. */
export function formatBytes(n: number, language: string): string {
  const units = ['B', 'KB', 'MB', 'GB']
  let i = 0
  let size = n
  while (size >= 1024 && i < units.length - 1) {
    size /= 1024
    i++
  }
  const digits = i > 0 && size < 100 ? 1 : 0
  const text = new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'vi-VN', { maximumFractionDigits: digits }).format(
    size,
  )
  return `${text} ${units[i] ?? ''}`
}

/** The key of a new attribute, as the API makes it of a label: "Hạng thẻ" is hang_the. */
export function keyOf(label: string): string {
  return label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60)
    .replace(/_+$/, '')
}
