import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { serve } from '@/test/server'

// There is nothing to draw on in a test; the figures also stand beside the pictures.
vi.mock('@/components/chart/Canvas', () => ({ default: ({ label }: { label: string }) => <p>{label}</p> }))

const steps = { connection: false, customers: false, segment: false, template: false, campaign: false, sent: false }
const daily = {
  zone: 'Asia/Ho_Chi_Minh',
  days: ['2026-11-20', '2026-11-21'],
  channels: [
    {
      channel: 'zns',
      counts: { requested: [1000, 234], delivered: [900, 200], failed: [10, 5] },
      cost: [200000, 46800],
    },
  ],
}
const base = {
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /overview': { contacts: 4771, campaigns: {}, messages: {}, unknown: 0 },
  'GET /overview/steps': { ...steps, connection: true, customers: true, sent: true },
  'GET /overview/attention': { items: [] },
  'GET /overview/series': daily,
  'GET /campaigns': { items: [] },
  'GET /sample': { state: 'none', refusal: '', done: 0, steps: 5, people: 500 },
}

beforeEach(() => {
  window.localStorage.clear()
})

test('the sums and the figures by day are shown, and the period stands in the address', async () => {
  const asked = serve(base)
  const router = open('/')
  expect(await screen.findByText('4.771')).toBeTruthy()
  expect(screen.getByText('1.234')).toBeTruthy()
  expect(screen.getByText('246.800 ₫')).toBeTruthy()
  const user = userEvent.setup()
  await user.click(screen.getByText('90 ngày'))
  await waitFor(() => {
    expect(router.state.location.search).toEqual({ days: 90 })
  })
  expect(asked.some((a) => a.path === '/overview/series' && a.query.get('days') === '90')).toBe(true)
})

test('a new shop sees the next step, can put the list away, and bring it back', async () => {
  serve({ ...base, 'GET /overview/steps': { ...steps, connection: true } })
  open('/')
  const list = await screen.findByText('Đưa khách hàng vào')
  expect(list.className).toContain('strong')
  expect(screen.getByText('Xong 1/6 bước')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Nhập khách hàng' }).getAttribute('href')).toBe('/contacts/import')
  const user = userEvent.setup()
  await user.click(screen.getByRole('button', { name: /Ẩn/ }))
  expect(screen.queryByText('Đưa khách hàng vào')).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Bắt đầu với Loa' }))
  expect(screen.getByText('Đưa khách hàng vào')).toBeTruthy()
})

test('sample data is made only after saying what it makes', async () => {
  let making = false
  const made = { state: 'running', refusal: 'sample.exists', done: 2, steps: 5, people: 500 }
  const asked = serve({
    ...base,
    'GET /overview/steps': steps,
    'GET /sample': () => (making ? made : base['GET /sample']),
    'POST /sample': () => {
      making = true
      return made
    },
  })
  open('/')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: /Điền dữ liệu mẫu/ }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText(/500 khách hàng giả/)).toBeTruthy()
  expect(asked.filter((a) => a.method === 'POST')).toHaveLength(0)
  await user.click(within(dialog).getByRole('button', { name: 'Điền dữ liệu mẫu' }))
  expect(await screen.findByText('Đang tạo dữ liệu mẫu…')).toBeTruthy()
  expect(asked.filter((a) => a.method === 'POST')).toHaveLength(1)
})

test('a server without a simulator says how to get sample data', async () => {
  serve({
    ...base,
    'GET /overview/steps': steps,
    'GET /sample': { ...base['GET /sample'], refusal: 'sample.unavailable' },
  })
  open('/')
  expect(await screen.findByText(/LOA_SIMULATOR=true/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /Điền dữ liệu mẫu/ })).toBeNull()
})

test('what needs attention says what to do and leads there; an unknown reason is left out', async () => {
  serve({
    ...base,
    'GET /overview/attention': {
      items: [
        { kind: 'connection_held', level: 'error', name: 'OA <b>', connection_id: 4, reason: 'new_reason' },
        { kind: 'unknown_results', level: 'warning', name: 'Tết', campaign_id: 7, count: 12 },
      ],
    },
  })
  open('/')
  expect(await screen.findByText('Kết nối “OA <b>” đang tạm giữ, tin không đi')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Mở kết nối: OA <b>' }).getAttribute('href')).toBe('/connections/4')
  expect(screen.getByText('12 tin của “Tết” chưa rõ kết quả')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Mở chiến dịch: Tết' }).getAttribute('href')).toContain('status=unknown')
})
