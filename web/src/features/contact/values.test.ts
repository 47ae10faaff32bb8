import { expect, test } from 'vitest'

import type { Attribute, Contact } from './api'
import { moved } from './columns'
import { changeOf, joinedOf } from './values'

const attributes: Attribute[] = [
  { id: 1, key: 'hang', label: 'Hạng', type: 'text' },
  { id: 2, key: 'diem', label: 'Điểm', type: 'number' },
]

test('a change holds only what differs; an emptied attribute is erased', () => {
  const before = { name: 'Hà', phone: '+84901234567', tags: ['VIP'], attrs: { hang: 'Vàng' } }
  expect(changeOf({ ...before, gender: undefined }, before, attributes)).toEqual({})
  expect(
    changeOf({ name: ' Hà ', phone: '', tags: ['VIP'], attrs: { hang: '', diem: 0 } }, before, attributes),
  ).toEqual({
    phone: '',
    attrs: { hang: null, diem: 0 },
  })
})

test('joining says what is lost, taken over and kept beside', () => {
  const a = {
    name: 'Hà',
    phone: '+84901',
    email: '',
    external_id: '',
    birthday: '',
    gender: '',
    tags: ['VIP'],
    attrs: {},
  }
  const b = { ...a, name: 'Hà Nguyễn', phone: '+84902', email: 'ha@example.com', attrs: { hang: 'Vàng' } }
  const fates = joinedOf(a as unknown as Contact, b as unknown as Contact, attributes).map((l) => [l.key, l.fate])
  expect(fates).toEqual([
    ['name', 'lost'],
    ['phone', 'added'],
    ['email', 'taken'],
    ['tags', 'same'],
    ['attr.hang', 'taken'],
  ])
})

test('columns move by one place and stay inside', () => {
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b'])
})
