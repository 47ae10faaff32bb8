import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { type Asked, problem, serve } from '@/test/server'

const me = session()
const signedIn = {
  'GET /session': me,
  'GET /setup': { needed: false },
  'GET /workspace/names': { [`user:${me.user.id}`]: me.user.name },
}
const member = {
  id: 9,
  name: 'Trần Mai',
  email: 'mai@shop.vn',
  role: 'marketer',
  status: 'active',
  language: 'vi',
  has_password: true,
  created_at: '2026-11-01T02:00:00Z',
}
const workspace = {
  id: 1,
  name: 'Tiệm Hoa',
  timezone: 'Asia/Ho_Chi_Minh',
  settings: { caps: { messages: 2 }, spend_cap: 500000 },
  created_at: '2026-11-01T02:00:00Z',
}
const sending = {
  at: '2026-11-21T03:00:00Z',
  timezone: 'Asia/Ho_Chi_Minh',
  caps: [],
  lines: [
    {
      channel: 'sms',
      purpose: 'marketing',
      open: false,
      opens_at: '2026-11-21T12:00:00Z',
      windows: [{ name: 'workspace.hours', window: { from: '19:00', to: '20:30' }, open: false }],
    },
  ],
}

test('a new person’s link is shown once, with a mistake of the server at its field before', async () => {
  let taken = true
  const asked = serve({
    ...signedIn,
    'GET /users': { items: [member] },
    'POST /users': () =>
      taken
        ? problem(409, 'user.already_member', 'Người này đã ở trong không gian.', [
            { path: 'email', code: 'user.already_member', detail: 'Người này đã ở trong không gian.' },
          ])
        : { user: member, link: 'http://loa.test/#/link?token=abc' },
  })
  open('/settings/users')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: /Thêm người/ }))
  const form = await screen.findByRole('dialog')
  await user.type(within(form).getByLabelText('Họ và tên'), 'Trần Mai')
  await user.type(within(form).getByLabelText('Email'), 'mai@shop.vn')
  await user.click(within(form).getByRole('button', { name: 'Thêm người' }))
  expect(await within(form).findByText('Người này đã ở trong không gian.')).toBeTruthy()
  taken = false
  await user.click(within(form).getByRole('button', { name: 'Thêm người' }))
  const link = await screen.findByLabelText('Liên kết đăng nhập một lần')
  expect((link as HTMLInputElement).value).toBe('http://loa.test/#/link?token=abc')
  expect(asked.findLast((a) => a.method === 'POST')?.body).toMatchObject({ role: 'marketer', email: 'mai@shop.vn' })
})

test('who is no owner sees roles but cannot change them', async () => {
  serve({ ...signedIn, 'GET /session': session({ role: 'viewer' }), 'GET /users': { items: [member] } })
  open('/settings/users')
  expect(await screen.findByText('Trần Mai')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /Thêm người/ })).toBeNull()
  expect(screen.queryByLabelText('Vai trò của Trần Mai')).toBeNull()
  expect(screen.queryByRole('link', { name: 'Khóa API' })).toBeNull()
})

test('hours that are typed are tried before they are saved, and saving keeps the other settings', async () => {
  const asked = serve({
    ...signedIn,
    'GET /workspace': workspace,
    'POST /workspace/sending': sending,
    'PATCH /workspace': (a: Asked) => ({ ...workspace, ...(a.body as object) }),
  })
  open('/settings/sending')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('switch', { name: 'SMS: đặt giờ riêng' }))
  const from = screen.getByLabelText('SMS: từ')
  const to = screen.getByLabelText('SMS: đến')
  await user.clear(from)
  await user.type(from, '19')
  await user.clear(to)
  await user.type(to, '20h30')
  await user.tab()
  await waitFor(() => {
    const tried = asked.findLast((a) => a.path === '/workspace/sending')?.body
    expect(tried).toEqual({ hours: { sms: { from: '19:00', to: '20:30' } } })
  })
  expect(await screen.findByText(/Giờ riêng của không gian 19:00–20:30/)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PATCH')?.body).toEqual({
      settings: {
        hours: { sms: { from: '19:00', to: '20:30' } },
        caps: { messages: 2, emails: 0, calls: 0 },
        spend_cap: 500000,
        track_opens: false,
        track_clicks: false,
      },
    })
  })
})

test('pasted addresses are read, counted and sent; refused ones are named', async () => {
  const asked = serve({
    ...signedIn,
    'GET /suppressions': { items: [] },
    'GET /suppressions/counts': { active: 0, lifted: 0, reasons: [], channels: [] },
    'POST /suppressions/many': {
      added: 2,
      already: 0,
      people: 1,
      bad: 1,
      refused: [{ line: 3, text: '<b>x</b>', code: 'address' }],
    },
  })
  open('/settings/suppressions')
  const user = userEvent.setup()
  expect(await screen.findByText('Chưa chặn địa chỉ nào')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: /Chặn địa chỉ/ }))
  const drawer = await screen.findByRole('dialog')
  await user.click(within(drawer).getByLabelText('Địa chỉ'))
  await user.paste('Mai;0912345678\nlan@shop.vn\n<b>x</b>')
  await user.click(within(drawer).getByRole('button', { name: 'Chặn 3 địa chỉ' }))
  expect(await within(drawer).findByText('Đã chặn thêm 2 địa chỉ')).toBeTruthy()
  expect(within(drawer).getByText('<b>x</b>')).toBeTruthy()
  expect(asked.find((a) => a.path === '/suppressions/many')?.body).toEqual({
    addresses: ['0912345678', 'lan@shop.vn', '<b>x</b>'],
  })
})

test('a broken log is said plainly; filters stand in the address', async () => {
  const asked = serve({
    ...signedIn,
    'GET /audit': {
      items: [
        {
          id: 3,
          at: '2026-11-20T02:00:00Z',
          actor: 'system',
          action: 'campaign.start',
          target: 'campaign:7',
          detail: {},
        },
      ],
    },
    'GET /audit/check': { ok: false, rows: 2, broken_at: 3 },
  })
  open('/settings/audit?what=campaign&from=2026-11-20')
  expect(await screen.findByText('Chiến dịch bắt đầu chạy')).toBeTruthy()
  const query = asked.find((a) => a.path === '/audit')?.query
  expect([query?.get('action'), query?.get('from')]).toEqual(['campaign.', '2026-11-19T17:00:00.000Z'])
  await userEvent.click(screen.getByRole('button', { name: /Kiểm tra toàn vẹn/ }))
  expect(await screen.findByText('Chuỗi bị đứt ở dòng số 3')).toBeTruthy()
})

test('other devices are signed out after a question that says how many', async () => {
  const device = (id: string, current: boolean) => ({
    id,
    agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
    address: '203.0.113.7',
    started_at: '2026-11-20T02:00:00Z',
    seen_at: '2026-11-21T02:00:00Z',
    ends_at: '2026-12-20T02:00:00Z',
    current,
  })
  const asked = serve({
    ...signedIn,
    'GET /sessions': [device('a', true), device('b', false), device('c', false)],
    'POST /sessions/end-others': { ended: 2 },
  })
  open('/settings/account')
  expect((await screen.findAllByText('Chrome · Windows')).length).toBe(3)
  await userEvent.click(screen.getByRole('button', { name: 'Đăng xuất mọi thiết bị khác' }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText('2 thiết bị khác sẽ phải đăng nhập lại.')).toBeTruthy()
  await userEvent.click(within(dialog).getByRole('button', { name: 'Đăng xuất mọi thiết bị khác' }))
  await waitFor(() => {
    expect(asked.some((a) => a.path === '/sessions/end-others')).toBe(true)
  })
})
