import { expect, test } from 'vitest'

import { emptyMessenger, kindOf, type MessengerContent, showable, startOf, unfinished } from './content'
import { used } from '../parts/text'

test('counts what is sure to be sent, in characters and not in bytes', () => {
  expect(used('Chào {{ contact.name | default: "bạn" }}!')).toBe(6)
  expect(used('Đã giao 🎁')).toBe(9)
  expect(used('é')).toBe(1)
})

test.each<[string, MessengerContent, boolean]>([
  ['new', emptyMessenger, true],
  ['text', { text: 'Chào' }, false],
  ['button without an address', { text: 'Chào', buttons: [{ type: 'web_url', title: 'Xem' }] }, true],
  ['postback without a code', { text: 'Chào', buttons: [{ type: 'postback', title: 'Có' }] }, false],
  ['picture', { image: 'https://shop.vn/a.png' }, false],
  ['no picture', { image: '' }, true],
  ['bare card', { cards: [{ title: 'Áo' }] }, true],
  ['card', { cards: [{ title: 'Áo', subtitle: 'Mới' }] }, false],
  ['quick reply without words', { text: 'Chào', quick_replies: [{ title: '' }] }, true],
  ['utility', { messaging_type: 'UTILITY', utility: { name: 'order', language: 'vi', params: { a: 'b' } } }, false],
  ['utility with an empty value', { utility: { name: 'order', language: 'vi', params: { a: '' } } }, true],
])('%s', (_, content, want) => {
  expect(unfinished(content)).toBe(want)
})

test('shows what is finished', () => {
  expect(showable({ text: 'Chào', buttons: [{ type: 'web_url', title: '' }] })).toMatchObject({ buttons: [] })
  expect(showable({ cards: [{ title: 'Áo', subtitle: 'Mới' }, { title: '' }] })?.cards).toHaveLength(1)
  expect(showable({ text: ' ' })).toBeUndefined()
})

test('a new kind keeps what goes with all; a utility message takes none of it', () => {
  const text: MessengerContent = { text: 'Chào', quick_replies: [{ title: 'Có' }], track_links: true }
  expect(startOf('cards', text)).toMatchObject({ cards: [{ title: '' }], quick_replies: [{ title: 'Có' }] })
  expect(startOf('utility', text)).toEqual({ messaging_type: 'UTILITY', utility: { name: '', language: 'vi' } })
  for (const kind of ['text', 'image', 'cards', 'utility'] as const) expect(kindOf(startOf(kind, text))).toBe(kind)
})
