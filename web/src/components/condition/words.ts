import { useTranslation } from 'react-i18next'

const operators = [
  'eq',
  'ne',
  'contains',
  'not_contains',
  'starts',
  'ends',
  'in',
  'not_in',
  'has_any',
  'is_empty',
  'gt',
  'lt',
  'ge',
  'le',
  'between',
  'on_date',
  'in_last_days',
  'not_in_last_days',
  'in_next_days',
  'before_days_ago',
  'birthday_today',
  'birthday_this_month',
  'birthday_next_days',
  'birthday_in_month',
  'is',
  'all_of',
  'did',
  'did_not',
] as const

const ofDates = ['eq', 'ne', 'gt', 'lt', 'ge', 'le'] as const
const ofTags = ['in', 'not_in', 'has_any', 'is_empty'] as const
const dates = ['date', 'birthday', 'time']

/** Names an operator as people say it with a kind of field: numbers are greater, dates later. */
export function useOperator() {
  const { t } = useTranslation()
  return (kind: string, operator: string): string => {
    const date = ofDates.find((o) => o === operator)
    if (dates.includes(kind) && date) return t(`condition.opDate.${date}`)
    const tag = ofTags.find((o) => o === operator)
    if ((kind === 'tag' || kind === 'list') && tag) return t(`condition.opTag.${tag}`)
    if (kind === 'segment' && (operator === 'in' || operator === 'not_in')) return t(`condition.opSegment.${operator}`)
    const known = operators.find((o) => o === operator)
    return known ? t(`condition.op.${known}`) : operator
  }
}

const events = [
  'sent',
  'delivered',
  'opened',
  'clicked',
  'failed',
  'bounced',
  'complained',
  'unsubscribed',
  'skipped',
  'unknown',
] as const

/** Names what a person did or met in a campaign. */
export function useEvent() {
  const { t } = useTranslation()
  return (event: string): string => {
    const known = events.find((e) => e === event)
    return known ? t(`condition.event.${known}`) : event
  }
}

const genders = ['male', 'female', 'other'] as const

export function useGender() {
  const { t } = useTranslation()
  return (gender: string): string => {
    const known = genders.find((g) => g === gender)
    return known ? t(`condition.gender.${known}`) : gender
  }
}
