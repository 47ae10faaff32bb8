import { expect, test } from 'vitest'

import { blanks, emptyZaloOA, kindOf, kinds, showable, startOf, unfinished, type ZaloOAContent } from './content'

const param = (name: string, required: boolean) => ({
  name,
  type: 'STRING',
  required,
  min_length: 0,
  max_length: 30,
  accept_null: false,
})
const template = (params: Record<string, string>) => ({
  template_id: '100003',
  params,
  schema: [param('customer_name', true), param('note', false)],
  price_vnd: 140,
  tag: 'TRANSACTION',
})

test.each<[string, ZaloOAContent, boolean]>([
  ['new', emptyZaloOA, true],
  ['text', { text: 'Chào' }, false],
  ['button without an address', { text: 'Chào', buttons: [{ type: 'url', title: 'Xem' }] }, true],
  ['hidden words are needed', { text: 'Chào', buttons: [{ type: 'query', title: 'Có' }] }, true],
  ['hidden words', { text: 'Chào', buttons: [{ type: 'query', title: 'Có', payload: '#co' }] }, false],
  ['call', { text: 'Chào', buttons: [{ type: 'phone', title: 'Gọi', payload: '+84901234567' }] }, false],
  ['SMS', { text: 'Chào', buttons: [{ type: 'sms', title: 'Nhắn', payload: '+84901234567', text: 'Đặt bàn' }] }, false],
  ['SMS without words', { text: 'Chào', buttons: [{ type: 'sms', title: 'Nhắn', payload: '+84901234567' }] }, true],
  ['picture with words', { image: 'https://shop.vn/a.png', text: 'Áo mới' }, false],
  ['words of a picture without it', { image: '', text: 'Áo mới' }, true],
  ['first line without a description', { items: [{ title: 'Áo', url: 'https://shop.vn' }] }, true],
  ['first line', { items: [{ title: 'Áo', subtitle: 'Mới', url: 'https://shop.vn' }] }, false],
  ['line that does nothing', { items: [{ title: 'Áo', subtitle: 'Mới' }] }, true],
  ['file', { file: 'token' }, false],
  ['question', { ask: { title: 'Xin thông tin', subtitle: 'Để giao hàng', image: '' } }, true],
  ['approved template', { template: template({ customer_name: 'An' }) }, false],
  ['approved template with a blank', { template: template({ customer_name: ' ' }) }, true],
  ['no template chosen', startOf('template'), true],
])('%s', (_, content, want) => {
  expect(unfinished(content)).toBe(want)
})

test('shows what is finished', () => {
  expect(showable({ text: 'Chào', buttons: [{ type: 'url', title: '' }] })).toMatchObject({ buttons: [] })
  const items = [{ title: 'Áo', subtitle: 'Mới', payload: '#ao' }, { title: '' }]
  expect(showable({ items })?.items).toHaveLength(1)
  expect(showable({ text: ' ' })).toBeUndefined()
  expect(blanks(template({}))).toEqual(['customer_name'])
  expect(showable({ template: template({}) })?.template?.schema[0]?.required).toBe(false)
})

test('each kind is told by what it begins with', () => {
  for (const kind of kinds) expect(kindOf(startOf(kind))).toBe(kind)
})
