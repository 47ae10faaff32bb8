import type { components } from '@/api/schema'

/** Something that a condition can test, as `GET /segments/fields` gives it. */
export type ConditionField = components['schemas']['SegmentField']

/** What one test compares with: a text, a number, yes or no, or several. */
export type ConditionValue = string | number | boolean | (string | number | boolean)[]

/** One test of a person. The last four belong to the field `campaign`. */
export interface ConditionTest {
  field: string
  operator: string
  value?: ConditionValue
  event?: string
  campaign_id?: number
  within_days?: number
  channel?: string
}

/** Several conditions that must all hold, or of which one must; with `not`, everybody else. */
export interface ConditionGroup {
  op: 'and' | 'or'
  not?: boolean
  items: Condition[]
}

/** The condition tree of the API. */
export type Condition = ConditionGroup | ConditionTest

export const isGroup = (c: Condition): c is ConditionGroup => 'op' in c

/** The condition that everybody meets; what an empty builder gives. */
export const everybody: ConditionGroup = { op: 'and', items: [] }

/** Says whether a tree tests nothing. */
export const isEverybody = (c: Condition): boolean => isGroup(c) && c.op === 'and' && !c.not && c.items.length === 0

/** Takes what the API gave, which types call unknown; what is no tree is everybody. */
export function asCondition(raw: unknown): Condition {
  if (typeof raw !== 'object' || raw === null) return everybody
  const c = raw as Partial<ConditionGroup & ConditionTest>
  if (typeof c.field === 'string') return c as ConditionTest
  if (c.op === 'and' || c.op === 'or') return { ...c, op: c.op, items: (c.items ?? []).map(asCondition) }
  return everybody
}
