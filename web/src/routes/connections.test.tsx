import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { problem, serve } from '@/test/server'

const oa = {
  id: 4,
  channel: 'zns',
  provider: 'zalo',
  name: 'OA Mẫu',
  zalo: { app_id: '1', oa_id: '2' },
  secrets_set: ['app_secret'],
  rate_per_second: 15,
  concurrency: 8,
  state: 'active',
  hook_url: 'https://loa.example.vn/hooks/zalo/x',
  created_at: '2026-11-20T02:00:00Z',
  updated_at: '2026-11-20T02:00:00Z',
}
const base = {
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /connections': { items: [oa] },
  'GET /connections/4': oa,
  'GET /connections/4/quota': {
    known: true,
    daily: 2000,
    remaining: 150,
    promotion: -1,
    promotion_remaining: -1,
    promotion_next_month: -1,
    consultation: 2000,
    consultation_remaining: 1990,
    asked_at: 1,
  },
  'GET /connections/4/oa/users/sync': { state: 'none', total: 0, done: 0, new: 0, followers: 0 },
  'GET /connections/4/oa/uploads': { items: [] },
  'GET /connections/4/setup': { redirect_uri: 'https://loa.example.vn/api/v1/connections/zalo/callback', dns: [] },
  'GET /overview/connections': {
    items: [{ connection_id: 4, requested: 1850, accepted: 1800, delivered: 1700, failed: 50, waiting: 1234 }],
  },
}

test("the list shows today's traffic, quota and limits", async () => {
  serve(base)
  open('/connections')
  expect(await screen.findByText(/Hôm nay: gửi 1.850, đã nhận 1.700, thất bại 50 · 1.234 tin đang chờ/)).toBeTruthy()
  expect(
    await screen.findByText('Hạn mức hôm nay: còn 150/2.000 · tin tư vấn ngoài 48 giờ: còn 1.990/2.000'),
  ).toBeTruthy()
  expect(screen.getByText('Tối đa 15 lượt/giây, 8 lượt cùng lúc')).toBeTruthy()
})

test('switching off says how many messages wait for the connection', async () => {
  const asked = serve({ ...base, 'POST /connections/4/disable': { ...oa, state: 'disabled' } })
  open('/connections/4')
  const user = userEvent.setup()
  await screen.findByText(/1.234 tin đang chờ/)
  await user.click(screen.getByRole('button', { name: 'Tắt kết nối' }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText(/Có 1.234 tin đang chờ gửi qua kết nối này/)).toBeTruthy()
  expect(asked.filter((a) => a.method === 'POST')).toHaveLength(0)
  await user.click(within(dialog).getByRole('button', { name: 'Tắt kết nối' }))
  expect(asked.filter((a) => a.method === 'POST')).toHaveLength(1)
})

test('the authorisation shows the callback address, and says why it cannot begin', async () => {
  serve({
    ...base,
    'POST /connections/4/authorize': problem(422, 'connection.no_app_secret', 'Hãy nhập mã bí mật của ứng dụng.'),
  })
  open('/connections/4?consent=consent_failed&code=-14005')
  expect(await screen.findByText(/Zalo không đổi được mã cấp quyền/)).toBeTruthy()
  expect(screen.getByText('Mã: -14005')).toBeTruthy()
  expect(await screen.findByText('https://loa.example.vn/api/v1/connections/zalo/callback')).toBeTruthy()
  const user = userEvent.setup()
  await user.click(screen.getByRole('button', { name: 'Cấp quyền qua Zalo' }))
  expect(await screen.findByText('Hãy nhập mã bí mật của ứng dụng.')).toBeTruthy()
})

test('the people of an OA are read with a visible progress', async () => {
  const running = { state: 'running', total: 120, done: 50, new: 40, followers: 30 }
  let sync: object = { state: 'none', total: 0, done: 0, new: 0, followers: 0 }
  const asked = serve({
    ...base,
    'GET /connections/4/oa/users/sync': () => sync,
    'POST /connections/4/oa/users/sync': () => (sync = running),
    'POST /connections/4/oa/users/sync/cancel': () => (sync = { ...running, state: 'cancelled' }),
  })
  open('/connections/4')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Đọc người dùng từ Zalo' }))
  expect(await screen.findByText('Đang đọc: 50/120 người')).toBeTruthy()
  expect(screen.getByRole('progressbar', { name: 'Tiến độ đọc người dùng của OA' })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Dừng' }))
  expect(await screen.findByText('Đã dừng sau 50/120 người.')).toBeTruthy()
  expect(asked.filter((a) => a.method === 'POST')).toHaveLength(2)
})

test("a file for the OA's messages shows its code and says what deleting means", async () => {
  const file = {
    id: 12,
    ref: 'upload:12',
    kind: 'file',
    name: 'bảng giá.pdf',
    media_type: 'application/pdf',
    size: 4096,
    at_zalo: false,
    created_by: 'user:1',
    created_at: '2026-11-20T02:00:00Z',
  }
  serve({ ...base, 'GET /connections/4/oa/uploads': { items: [file] } })
  open('/connections/4')
  const user = userEvent.setup()
  expect(await screen.findByText('upload:12')).toBeTruthy()
  expect(screen.getByText('tải lên lại khi cần')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Xóa tệp: bảng giá.pdf' }))
  expect(await screen.findByText('Mẫu tin nào dùng tệp này sẽ không gửi được nữa.')).toBeTruthy()
})
