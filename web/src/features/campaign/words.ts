import { useTranslation } from 'react-i18next'

import type { components } from '@/api/schema'
import { formatTime } from '@/lib/format'

const gapCodes = [
  'campaign_missing_name',
  'campaign_missing_audience',
  'campaign_missing_channel',
  'campaign_missing_connection',
  'campaign_missing_template',
] as const

/** Says what is not filled in; takes the API's code with a dot or with "_" instead. */
export function useGap() {
  const { t } = useTranslation()
  return (code: string): string => {
    const known = gapCodes.find((g) => g === code.replace('.', '_'))
    return known ? t(`missing.${known}`) : code
  }
}

const refusals = ['no_address', 'suppressed', 'no_consent', 'values'] as const
export type Refusal = (typeof refusals)[number]

export const asRefusal = (reason: string): Refusal | undefined => refusals.find((r) => r === reason)

/** Says why a channel may not reach somebody. */
export function useRefusal() {
  const { t } = useTranslation()
  return (reason: string): string => {
    const known = asRefusal(reason)
    return known ? t(`forecast.refused.${known}`) : reason
  }
}

const notes = [
  'no_template',
  'price_unknown',
  'answered_only',
  'consultation',
  'price_by_sample',
  'values_missing',
  'fallback_unknown',
  'entry',
] as const

/** Says what makes a forecast uncertain. */
export function useNote() {
  const { t } = useTranslation()
  return (code: string): string => {
    const known = notes.find((n) => `forecast.${n}` === code)
    return known ? t(`forecast.note.${known}`) : code
  }
}

const rules = ['decree91.messages', 'decree91.calls', 'zns.night', 'workspace.hours', 'campaign.window'] as const

/** Says in which hours a channel may send, by which rules, and whether it may now. */
export function useOpening() {
  const { t } = useTranslation()
  const names: Record<(typeof rules)[number], string> = {
    'decree91.messages': t('opening.rule.decree'),
    'decree91.calls': t('opening.rule.decree'),
    'zns.night': t('opening.rule.zns'),
    'workspace.hours': t('opening.rule.workspace'),
    'campaign.window': t('opening.rule.campaign'),
  }
  return (line: components['schemas']['WorkspaceSendingLine'], zone: string): string => {
    const windows = line.windows ?? []
    if (line.never) return t('opening.never')
    if (windows.length === 0) return t('opening.always')
    const hours = windows.map((w) => {
      const rule = rules.find((r) => r === w.name)
      return t('opening.window', { from: w.window.from, to: w.window.to, rule: rule ? names[rule] : w.name })
    })
    const now = line.open ? t('opening.openNow') : t('opening.opensAt', { time: formatTime(line.opens_at, zone) })
    return `${hours.join(', ')}. ${now}`
  }
}

const actions = [
  'create',
  'clone',
  'edit',
  'rename',
  'activate',
  'pause',
  'resume',
  'cancel',
  'delete',
  'start',
  'delay',
  'resolve',
  'enter',
  'end',
  'act',
] as const

/** Says what somebody did to a campaign; `word` is the action of the audit log. */
export function useAction() {
  const { t } = useTranslation()
  return (word: string): string => {
    const known = actions.find((a) => `campaign.${a}` === word || (a === 'resolve' && word === 'message.resolve'))
    return known ? t(`log.action.${known}`) : word
  }
}
