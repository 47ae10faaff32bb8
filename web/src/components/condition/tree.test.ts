import { expect, test } from 'vitest'

import { asCondition, type Condition, type ConditionTest } from './condition'
import { problemMap } from './problems'
import { adapt } from './shape'
import { fromQuery, toQuery } from './tree'

// A small generator with a seed, so that a failure can be repeated.
function random(seed: number) {
  let state = seed
  return (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const tests: ((n: (most: number) => number) => ConditionTest)[] = [
  (n) => ({ field: 'attr.hang', operator: 'in', value: ['Vàng', `Bạc ${n(9)}`] }),
  (n) => ({ field: 'attr.tong', operator: 'between', value: [n(100), 200 + n(100)] }),
  () => ({ field: 'email', operator: 'has_any' }),
  () => ({ field: 'reach.zns', operator: 'is', value: false }),
  (n) => ({ field: 'segment', operator: 'not_in', value: [1 + n(50)] }),
  (n) => ({ field: 'birthday', operator: 'birthday_next_days', value: n(30) }),
  (n) => ({ field: 'campaign', operator: 'did', event: 'opened', campaign_id: 1 + n(9), within_days: 30 }),
  () => ({ field: 'campaign', operator: 'did_not', event: 'clicked', channel: 'zns' }),
  () => ({ field: 'something.new', operator: 'later', value: 'x' }),
]

function grow(n: (most: number) => number, depth: number): Condition {
  const make = tests[n(tests.length)]
  if (depth === 0 || n(3) === 0) return make ? make(n) : { field: 'x', operator: 'y' }
  const group: Condition = {
    op: n(2) ? 'and' : 'or',
    items: Array.from({ length: n(4) }, () => grow(n, depth - 1)),
  }
  if (n(3) === 0) group.not = n(2) === 0
  return group
}

test('a tree comes back from the builder exactly as it went in', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const c = grow(random(seed), 5)
    expect(fromQuery(toQuery(c)), `seed ${seed}`).toEqual(c)
    expect(asCondition(JSON.parse(JSON.stringify(c))), `seed ${seed}`).toEqual(c)
  }
})

test('what the API gave is everybody when it is no tree', () => {
  for (const raw of [null, undefined, 'x', 7, {}, { op: 'xor' }])
    expect(asCondition(raw)).toEqual({ op: 'and', items: [] })
})

test('mistakes are sorted to their rules', () => {
  const at = (path: string) => ({ path, code: 'x', detail: path })
  const found = problemMap([
    at('body.condition.items[0].value'),
    at('body.audience.condition.items[1].items[2].field'),
    at('condition'),
    at('body.name'),
  ])
  expect([...found.keys()]).toEqual(['0', '1.2', ''])
  expect([...problemMap([at('condition.value')], true).keys()]).toEqual(['0'])
})

test('another operator keeps what still fits', () => {
  const field = (kind: string) => ({ name: 'f', label: 'F', kind, operators: [], values: [] })
  expect(adapt('Vàng', field('text'), 'in')).toEqual(['Vàng'])
  expect(adapt(['Vàng', 'Bạc'], field('text'), 'eq')).toBe('Vàng')
  expect(adapt('Vàng', field('number'), 'gt')).toBeNull()
  expect(adapt('2026-11-21', field('date'), 'in_last_days')).toBe(30)
  expect(adapt(7, field('date'), 'before_days_ago')).toBe(7)
  expect(adapt('x', field('flag'), 'is')).toBe(true)
  expect(adapt(['VIP'], field('segment'), 'in')).toBeNull()
  expect(adapt(null, field('campaign'), 'did')).toEqual({ event: 'opened' })
})
