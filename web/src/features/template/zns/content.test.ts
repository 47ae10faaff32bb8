import { expect, test } from 'vitest'

import { adopt, blanks, emptyZNS, fill, guessText, limitOf, outdated, showable, type ZaloTemplate } from './content'

const zalo = (part: Partial<ZaloTemplate> = {}): ZaloTemplate => ({
  template_id: '100001',
  name: 'Xác nhận',
  status: 'ENABLE',
  quality: 'HIGH',
  tag: 'TRANSACTION',
  price_vnd: 300,
  price_uid_vnd: 210,
  price_before_vnd: 0,
  reason: '',
  timeout_ms: 7200000,
  preview_url: '',
  params: [
    {
      name: 'customer_name',
      type: 'STRING',
      required: true,
      min_length: 0,
      max_length: 30,
      accept_null: false,
      sample: 'An',
      guess: '',
    },
    {
      name: 'amount',
      type: 'STRING',
      required: true,
      min_length: 0,
      max_length: 12,
      accept_null: false,
      sample: '1250000',
      guess: '14',
    },
  ],
  buttons: [],
  wording: '',
  gone: false,
  sendable: true,
  ...part,
})

test('takes a template over and keeps what was written', () => {
  const first = adopt(emptyZNS, 4, zalo())
  expect(first.params).toEqual({ customer_name: '{{ contact.name | default: "Quý khách" }}', amount: '' })
  expect(first.schema.map((p) => p.type)).toEqual(['STRING', '14'])
  const written = { ...first, params: { ...first.params, amount: '1000' } }
  expect(outdated(written, zalo())).toBe(false)
  const changed = zalo({ params: zalo().params?.slice(1) ?? [], price_vnd: 350 })
  expect(outdated(written, changed)).toBe(true)
  expect(adopt(written, 4, changed)).toMatchObject({ params: { amount: '1000' }, price_vnd: 350 })
})

test('blank parameters do not keep the preview from showing the others', () => {
  const content = adopt(emptyZNS, 4, zalo())
  expect(blanks(content)).toEqual(['amount'])
  expect(showable(content).schema.map((p) => p.required)).toEqual([true, false])
})

test('the smaller limit holds', () => {
  const p = { name: 'x', type: '14', required: true, min_length: 0, max_length: 30, accept_null: false }
  expect(limitOf(p)).toBe(12)
  expect(limitOf({ ...p, max_length: 5 })).toBe(5)
  expect(limitOf({ ...p, type: 'STRING' })).toBe(30)
})

test('fills placeholders in', () => {
  expect(fill('Chào <customer_name>, mã <code>', { customer_name: 'An <b>', code: '' })).toBe('Chào An <b>, mã <code>')
  expect(guessText('order_code')).toBe('')
  expect(guessText('product_name')).toBe('')
})

test('a journey stays when Zalo has changed the template, and goes with another one', () => {
  const mine = { ...adopt(emptyZNS, 7, zalo()), journey: 'token_logistics_7', journey_code: '{{ params.order }}' }
  expect(outdated(mine, zalo())).toBe(false)
  const again = adopt(mine, 7, zalo({ price_vnd: 350 }))
  expect([again.price_vnd, again.journey, again.journey_code]).toEqual([350, mine.journey, mine.journey_code])
  expect(adopt(mine, 7, zalo({ template_id: '100002' })).journey).toBeUndefined()
})
