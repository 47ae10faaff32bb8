import type { RuleGroupType, RuleType } from 'react-querybuilder'

import { type Condition, type ConditionGroup, type ConditionTest, isGroup } from './condition'

/** The value of a rule on the field `campaign`. */
export type CampaignValue = Pick<ConditionTest, 'event' | 'campaign_id' | 'within_days' | 'channel'>

/** A group of the query builder; `bare` marks one that only stands around a tree of a single test. */
export type Query = RuleGroupType & { bare?: boolean }

let last = 0
const id = () => `c${++last}`

function toRule(c: ConditionTest): RuleType {
  const { field, operator, value, ...rest } = c
  return { id: id(), field, operator, value: field === 'campaign' ? rest : value }
}

function toGroup(c: ConditionGroup): RuleGroupType {
  return {
    id: id(),
    combinator: c.op,
    not: c.not,
    rules: c.items.map((item) => (isGroup(item) ? toGroup(item) : toRule(item))),
  }
}

/** Turns our tree into that of the query builder; fromQuery gives exactly the same tree back. */
export function toQuery(c: Condition): Query {
  return isGroup(c) ? toGroup(c) : { id: id(), combinator: 'and', rules: [toRule(c)], bare: true }
}

function fromRule(rule: RuleType): ConditionTest {
  const value: unknown = rule.value
  if (rule.field === 'campaign')
    return { field: rule.field, operator: rule.operator, ...((value ?? {}) as CampaignValue) }
  const test: ConditionTest = { field: rule.field, operator: rule.operator }
  if (value !== undefined && value !== null) test.value = value as ConditionTest['value']
  return test
}

function fromGroup(group: RuleGroupType): ConditionGroup {
  const c: ConditionGroup = {
    op: group.combinator === 'or' ? 'or' : 'and',
    items: group.rules.map((r) => ('rules' in r ? fromGroup(r) : fromRule(r))),
  }
  if (group.not !== undefined) c.not = group.not
  return c
}

/** Turns the query builder's tree into ours. */
export function fromQuery(query: Query): Condition {
  const only = query.rules[0]
  if (query.bare && query.rules.length === 1 && !query.not && only && !('rules' in only)) return fromRule(only)
  return fromGroup(query)
}
