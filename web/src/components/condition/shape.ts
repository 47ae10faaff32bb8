import { type Condition, type ConditionField, type ConditionValue, isGroup } from './condition'
import type { CampaignValue } from './tree'

/** What stands behind an operator: nothing, a number of days, a month, one value, two, or several. */
export type Shape = 'none' | 'days' | 'month' | 'one' | 'two' | 'many' | 'campaign'

const shapes: Record<string, Shape> = {
  has_any: 'none',
  is_empty: 'none',
  birthday_today: 'none',
  birthday_this_month: 'none',
  birthday_in_month: 'month',
  birthday_next_days: 'days',
  in_last_days: 'days',
  not_in_last_days: 'days',
  in_next_days: 'days',
  before_days_ago: 'days',
  between: 'two',
  in: 'many',
  not_in: 'many',
  all_of: 'many',
  did: 'campaign',
  did_not: 'campaign',
}

export const shapeOf = (operator: string): Shape => shapes[operator] ?? 'one'

// Two names for one test are shown as one, unless a saved condition has the other.
const doubled: Record<string, string[]> = {
  boolean: ['eq', 'ne'],
  flag: ['eq', 'ne'],
  tag: ['eq', 'ne'],
  date: ['on_date'],
  birthday: ['on_date'],
}

/** The operators that are offered for a field. */
export function operatorsOf(field: ConditionField | undefined, current?: string): string[] {
  const hidden = doubled[field?.kind ?? ''] ?? []
  return (field?.operators ?? []).filter((o) => o === current || !hidden.includes(o))
}

const valid: Record<string, (v: unknown) => boolean> = {
  segment: (v) => typeof v === 'number',
  boolean: (v) => typeof v === 'boolean',
  flag: (v) => typeof v === 'boolean',
  number: (v) => v !== '' && !Number.isNaN(Number(v)),
  money: (v) => v !== '' && !Number.isNaN(Number(v)),
  date: (v) => /^\d{4}-\d\d-\d\d$/.test(String(v)),
  birthday: (v) => /^\d{4}-\d\d-\d\d$/.test(String(v)),
  time: (v) => /^\d{4}-\d\d-\d\d$/.test(String(v)),
  gender: (v) => v === 'male' || v === 'female' || v === 'other',
}

/** Keeps of a value what still makes sense after another field or operator was chosen; null = nothing. */
export function adapt(
  value: unknown,
  field: ConditionField | undefined,
  operator: string,
): ConditionValue | CampaignValue | null {
  const kind = field?.kind ?? 'text'
  const shape = shapeOf(operator)
  if (shape === 'campaign') return isCampaign(value) ? value : { event: 'opened' }
  const fits = valid[kind] ?? ((v: unknown) => typeof v === 'string' && v !== '')
  const all = (Array.isArray(value) ? value : [value]).filter(
    (v): v is string | number | boolean => v !== null && v !== undefined && typeof v !== 'object',
  )
  const whole = all.find((v) => Number.isInteger(Number(v)) && typeof v !== 'boolean' && v !== '')
  const kept = all.filter(fits)
  switch (shape) {
    case 'none':
      return null
    case 'days':
      return whole === undefined ? 30 : Number(whole)
    case 'month':
      return whole === undefined || Number(whole) < 1 || Number(whole) > 12 ? 1 : Number(whole)
    case 'two':
      return kept.length === 2 ? kept : null
    case 'many':
      return kept.length > 0 ? kept : null
    default:
      if (kept[0] !== undefined) return kept[0]
      return kind === 'boolean' || kind === 'flag' ? true : null
  }
}

const isCampaign = (v: unknown): v is CampaignValue =>
  typeof v === 'object' && v !== null && !Array.isArray(v) && 'event' in v

/** Says whether everything is filled in, so that it makes sense to ask the server. */
export function isComplete(c: Condition, top = true): boolean {
  if (isGroup(c))
    return (
      (top || c.items.length > 0) && (!c.not || c.items.length > 0) && c.items.every((item) => isComplete(item, false))
    )
  const { value } = c
  switch (shapeOf(c.operator)) {
    case 'none':
      return true
    case 'campaign':
      return Boolean(c.event)
    case 'two':
      return Array.isArray(value) && value.length === 2 && value.every((v) => (v as unknown) !== null)
    case 'many':
      return Array.isArray(value) ? value.length > 0 : value !== undefined
    default:
      return value !== undefined
  }
}
