import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { actsOf, progressOf } from '@/features/campaign/api'
import { audienceOf, draftOf, formOf, gaps } from '@/features/campaign/wizard/draft'
import { campaign, counts, session, words } from '@/test/factories'
import { open } from '@/test/render'
import { type Asked, serve } from '@/test/server'

const signedIn = { 'GET /session': session(), 'GET /setup': { needed: false } }
const entry = (part = {}) =>
  campaign({
    audience: { entry: true },
    dispatched: false,
    legs: [
      { channel: 'wait', connection_id: 9, template_id: 1 },
      { channel: 'sms', connection_id: 2, template_id: 2 },
    ],
    ...part,
  })
const wait = words({ total: 3, superseded: 1, sent: 3, processing: 2, waited: 1 })
const sms = words({ total: 1, sent: 1, delivered: 1 })
const numbers = counts({
  dispatched: false,
  people: 3,
  waiting: 0,
  legs: [
    {
      rank: 0,
      channel: 'wait',
      connection_id: 9,
      template_id: 1,
      template: 'Chờ',
      words: ['sent', 'processing', 'waited'],
      counts: wait,
    },
    {
      rank: 1,
      channel: 'sms',
      connection_id: 2,
      template_id: 2,
      template: 'Tin',
      words: ['sent', 'delivered'],
      counts: sms,
    },
  ],
  total: words({ total: 4, superseded: 1, sent: 4, processing: 2, waited: 1, delivered: 1 }),
})
const page = {
  ...signedIn,
  'GET /campaigns/7': entry(),
  'GET /campaigns/7/counts': numbers,
  'GET /campaigns/7/activity': { items: [] },
  'GET /campaigns/7/log': { items: [] },
  'GET /contacts': { items: [{ id: 41, name: 'Trần An' }] },
}

test('a campaign that people enter one by one takes a customer and says what became of it', async () => {
  const asked = serve({
    ...page,
    'POST /campaigns/7/people': { people: [{ contact_id: 41, result: 'entered', skipped: 'no_address' }] },
  })
  open('/campaigns/7')
  const user = userEvent.setup()
  expect(await screen.findByText(/3 khách hàng đã vào/)).toBeTruthy()
  expect(screen.getByText('Khách hàng vào từng người')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: /Thêm khách hàng/ }))
  const dialog = await screen.findByRole('dialog')
  await user.click(within(dialog).getByRole('combobox', { name: 'Khách hàng' }))
  await user.click(await screen.findByTitle('Trần An'))
  await user.click(within(dialog).getByRole('button', { name: 'Đưa vào chiến dịch' }))
  expect(await within(dialog).findByText('Đã đưa 1 khách hàng vào chiến dịch.')).toBeTruthy()
  expect(within(dialog).getByText(/không kênh nào gửi được/)).toBeTruthy()
  expect(asked.find((a: Asked) => a.path === '/campaigns/7/people')?.body).toEqual({ contact_ids: [41] })
})

test('the end asks first', async () => {
  const asked = serve({ ...page, 'POST /campaigns/7/end': entry({ dispatched: true }) })
  open('/campaigns/7')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: /Kết thúc/ }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText(/Không ai vào thêm được nữa/)).toBeTruthy()
  await user.click(within(dialog).getByRole('button', { name: 'Kết thúc' }))
  await waitFor(() => {
    expect(asked.some((a) => a.path === '/campaigns/7/end')).toBe(true)
  })
})

test('steps with a wait are no fallbacks, waits are no messages, and who waits is not done', async () => {
  serve(page)
  open('/campaigns/7')
  expect((await screen.findAllByText('Bước 2')).length).toBeGreaterThan(0)
  expect(screen.getByText('Đã sang bước sau')).toBeTruthy()
  expect(progressOf(numbers.total, 2)).toMatchObject({ total: 3, done: 1 })
  expect(progressOf(numbers.total).parts.map((p) => p.status)).not.toContain('waited')
})

test('acts and gaps of such a campaign', () => {
  expect(actsOf(entry())).toEqual(['pause', 'end', 'cancel'])
  expect(actsOf(entry({ dispatched: true }))).toEqual(['pause', 'cancel'])
  expect(actsOf(campaign())).toEqual(['pause', 'cancel'])
  const d = draftOf(entry({ legs: [{ channel: 'wait', connection_id: 0, template_id: 1 }] }))
  expect(gaps(d)).toEqual({})
  expect(audienceOf(d)).toBeUndefined()
  expect(formOf({ ...d, segments: [4], everyone: true }).audience).toEqual({ entry: true })
})

test('the wizard offers it and takes no segments with it', async () => {
  const made = entry({ state: 'draft', run_id: undefined, counts: undefined, legs: [] })
  const asked = serve({
    ...signedIn,
    'GET /segments': { items: [] },
    'GET /segments/fields': { items: [], events: [] },
    'POST /campaigns': made,
    'GET /campaigns/7': made,
    'GET /connections': { items: [] },
    'GET /templates': { items: [] },
    'POST /workspace/sending': { lines: [] },
  })
  open('/campaigns/new')
  const user = userEvent.setup()
  await user.click(await screen.findByLabelText('Khách hàng vào từng người'))
  expect(screen.getByText(/POST \/api\/v1\/campaigns/)).toBeTruthy()
  await user.click(screen.getAllByRole('button', { name: 'Tiếp tục' })[0] as HTMLElement)
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'POST' && a.path === '/campaigns')?.body).toMatchObject({
      audience: { entry: true },
    })
  })
})
