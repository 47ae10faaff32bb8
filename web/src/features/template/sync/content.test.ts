import { expect, test } from 'vitest'

import { emptySync, linesOf, type Offer, startOf, unfinished, withAccount, withLine } from './content'

const offer: Offer = {
  provider: 'getfly',
  fields: ['account_code', 'account_name', 'phone_office', 'email'].map((key, i) => ({ key, required: i < 2 })),
  custom: [{ key: 'hang_the', name: 'Hạng thẻ', kind: 'textinput', values: [] }],
  lists: [],
  tags: [],
  types: [],
  sources: [],
}

test('another account keeps what means the same there, and no ids', () => {
  const old = {
    ...startOf('getresponse', 3),
    list: 'p86zQ',
    list_name: 'Khách mới',
    tags: ['m7E2'],
    custom: { y8: 'x' },
  }
  expect(withAccount(old, 'getresponse', 3)).toBe(old)
  expect(withAccount(old, 'getresponse', 4)).toEqual({ ...startOf('getresponse', 4), existing: undefined })
  expect(withAccount(old, 'getfly', 5)).toEqual(startOf('getfly', 5))
})

test('lines stand in the order of the account, and what it does not know at the end', () => {
  const content = withLine(
    withLine(startOf('getfly', 1), { place: 'custom', key: 'cu' }, 'x'),
    { place: 'custom', key: 'hang_the' },
    'y',
  )
  expect(linesOf(content, offer).map((l) => l.key)).toEqual([
    'account_code',
    'account_name',
    'phone_office',
    'email',
    'hang_the',
    'cu',
  ])
  const without = withLine(
    withLine(content, { place: 'custom', key: 'cu' }, undefined),
    { place: 'custom', key: 'hang_the' },
    undefined,
  )
  expect(without.custom).toBeUndefined()
})

test('content is unfinished without account, list or key', () => {
  expect(unfinished(emptySync)).toBe(true)
  expect(unfinished(startOf('getresponse', 1))).toBe(true)
  expect(unfinished({ ...startOf('getresponse', 1), list: 'a' })).toBe(false)
  expect(unfinished(withLine(startOf('getfly', 1), { place: 'fields', key: 'account_name' }, ' '))).toBe(true)
  expect(unfinished(startOf('getfly', 1))).toBe(false)
})
