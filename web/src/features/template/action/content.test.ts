import { expect, test } from 'vitest'

import { type ActionContent, emptyAction, emptyNotice, kinds, unfinished, withKind, withVia } from './content'

test('an action is finished when the server would take it', () => {
  const finished: ActionContent[] = [
    { kind: 'add_tag', tags: ['VIP'] },
    { kind: 'remove_tag', tags: ['VIP'] },
    { kind: 'set_attribute', attribute: 'diem', value: '{{ now }}' },
    { kind: 'clear_attribute', attribute: 'diem' },
    { kind: 'add_to_list', list_id: 3 },
    { kind: 'remove_from_list', list_id: 3 },
    { kind: 'notify_staff', notice: { via: 'email', connection_id: 1, to: ['a@b.vn'], subject: 's', text: 't' } },
    { kind: 'notify_staff', notice: { via: 'webhook', connection_id: 1, path: '/bao', text: 't' } },
  ]
  expect(finished.filter(unfinished)).toEqual([])
  expect(kinds.map((k) => withKind(emptyAction, k)).every(unfinished)).toBe(true)
  expect(
    unfinished({
      kind: 'notify_staff',
      notice: { via: 'email', connection_id: 1, to: ['a'], subject: 's', text: 't' },
    }),
  ).toBe(true)
})

test('another kind keeps what both have and drops the rest', () => {
  expect(withKind({ kind: 'set_attribute', attribute: 'diem', value: '5' }, 'clear_attribute')).toEqual({
    kind: 'clear_attribute',
    attribute: 'diem',
  })
  expect(withKind({ kind: 'add_tag', tags: ['VIP'] }, 'remove_tag')).toEqual({ kind: 'remove_tag', tags: ['VIP'] })
  expect(withKind({ kind: 'add_tag', tags: ['VIP'] }, 'notify_staff')).toEqual({
    kind: 'notify_staff',
    notice: emptyNotice,
  })
})

test('another way of telling wants another connection', () => {
  const mail = { via: 'email' as const, connection_id: 4, to: ['a@b.vn'], subject: 's', text: 't' }
  expect(withVia(mail, 'webhook')).toEqual({ via: 'webhook', connection_id: 0, path: '/', text: 't' })
})
