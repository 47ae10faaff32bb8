import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { problem, serve } from '@/test/server'

const contact = (part = {}) => ({
  id: 41,
  external_id: 'KH41',
  name: 'Nguyễn Thị Hà',
  phone: '+84901234567',
  email: 'ha@example.com',
  birthday: '1990-02-01',
  gender: 'female',
  timezone: '',
  attrs: { hang: 'Vàng' },
  tags: ['VIP'],
  identities: [],
  reach: ['zns', 'sms', 'email'],
  consent: ['zns'],
  blocked: ['sms'],
  shared: [],
  created_at: '2026-11-20T02:00:00Z',
  updated_at: '2026-11-20T02:00:00Z',
  ...part,
})
const attributes = [{ id: 1, key: 'hang', label: 'Hạng', type: 'text' }]
const base = {
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /attributes': attributes,
  'GET /tags': [{ id: 1, name: 'VIP', people: 1 }],
  'GET /contacts': { items: [contact(), contact({ id: 42, name: '', phone: '+84902222222', tags: [] })], next: 41 },
  'GET /contacts/count': { n: 10000, exact: false },
  'GET /contacts/41': contact(),
  'GET /suppressions': { items: [] },
}

beforeEach(() => {
  localStorage.removeItem('loa.contacts.columns.')
})

test('the list shows people, counts roughly and exactly, and searches through the address', async () => {
  const asked = serve({
    ...base,
    'GET /contacts/count': (r: { query: URLSearchParams }) =>
      r.query.get('exact') === 'true' ? { n: 123456, exact: true } : { n: 10000, exact: false },
  })
  const router = open('/contacts')
  expect(await screen.findByRole('link', { name: 'Nguyễn Thị Hà' })).toBeTruthy()
  expect(screen.getByRole('link', { name: '+84902222222' })).toBeTruthy()
  expect(await screen.findByText('Hơn 10.000 khách hàng')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Đếm chính xác' }))
  expect(await screen.findByText('123.456 khách hàng')).toBeTruthy()
  await userEvent.type(screen.getByRole('searchbox'), 'ha 0901{enter}')
  await waitFor(() => {
    expect(router.state.location.search).toEqual({ q: 'ha 0901' })
  })
  const last = asked.filter((a) => a.path === '/contacts').at(-1)
  expect(last?.query.get('search')).toBe('ha 0901')
  expect(last?.query.get('order')).toBe('newest')
})

test('a choice of all people is changed by the filter, not by ids', async () => {
  const bulk = { id: 3, action: 'tag', tags: ['VIP'], list_id: 0, error: '', total: 500, done: 500, changed: 480 }
  const asked = serve({
    ...base,
    'GET /contacts/count': { n: 500, exact: true },
    'POST /contact-bulks': { ...bulk, state: 'finished' },
  })
  open('/contacts?tag=VIP')
  await screen.findByRole('link', { name: 'Nguyễn Thị Hà' })
  await userEvent.click(screen.getByRole('checkbox', { name: 'Chọn cả trang' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Chọn tất cả 500 khách hàng khớp' }))
  await userEvent.click(screen.getByRole('button', { name: 'Gỡ thẻ' }))
  const dialog = await screen.findByRole('dialog')
  await userEvent.click(within(dialog).getByRole('combobox'))
  await userEvent.click(await screen.findByText('VIP', { selector: '.ant-select-item-option-content' }))
  await userEvent.click(within(dialog).getByRole('button', { name: 'Gỡ thẻ của 500 khách hàng' }))
  expect(await within(dialog).findByText('Xong: 480 trong 500 khách hàng có thay đổi.')).toBeTruthy()
  expect(asked.find((a) => a.method === 'POST')?.body).toEqual({
    action: 'untag',
    tags: ['VIP'],
    filter: { tag: 'VIP' },
  })
})

test('an edit sends only what changed, and keeps it when somebody else was faster', async () => {
  let n = 0
  const asked = serve({
    ...base,
    'GET /contacts/41': () =>
      [
        contact(),
        contact({ email: 'moi@example.com', updated_at: '2026-11-20T03:00:00Z' }),
        contact({ name: 'Hà Mới', email: 'moi@example.com', updated_at: '2026-11-20T04:00:00Z' }),
      ][n],
    'PATCH /contacts/41': () =>
      n++ === 0
        ? problem(409, 'contact.changed', 'Khách hàng này vừa được người khác thay đổi.')
        : contact({ name: 'Hà Mới', email: 'moi@example.com', updated_at: '2026-11-20T04:00:00Z' }),
  })
  open('/contacts/41')
  const name = await screen.findByLabelText('Họ và tên')
  await userEvent.clear(name)
  await userEvent.type(name, 'Hà Mới')
  await userEvent.click(screen.getByRole('button', { name: 'Lưu' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Nạp bản mới nhất' }))
  await waitFor(() => {
    expect(screen.getByLabelText<HTMLInputElement>('Email').value).toBe('moi@example.com')
  })
  expect(screen.getByLabelText<HTMLInputElement>('Họ và tên').value).toBe('Hà Mới')
  await userEvent.click(screen.getByRole('button', { name: 'Lưu' }))
  await screen.findByRole('heading', { level: 1, name: 'Hà Mới' })
  const sent = asked.filter((a) => a.method === 'PATCH').map((a) => a.body)
  expect(sent).toEqual([
    { name: 'Hà Mới', version: '2026-11-20T02:00:00Z' },
    { name: 'Hà Mới', version: '2026-11-20T03:00:00Z' },
  ])
})

test('erasing must be typed and says what happens', async () => {
  const asked = serve({
    ...base,
    'POST /contacts/41/erase': { contact_id: 41, at: '2026-11-21T00:00:00Z', suppressions: 2, import_rows: 0 },
  })
  open('/contacts/41')
  await userEvent.click(await screen.findByRole('button', { name: /Thao tác khác/ }))
  await userEvent.click(await screen.findByText('Xóa mọi dữ liệu cá nhân'))
  const dialog = await screen.findByRole('dialog')
  const ok = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Xóa mọi dữ liệu' })
  expect(ok.disabled).toBe(true)
  await userEvent.type(within(dialog).getByRole('textbox'), 'XÓA')
  await waitFor(() => {
    expect(ok.disabled).toBe(false)
  })
  await userEvent.click(ok)
  await waitFor(() => {
    expect(asked.some((a) => a.path === '/contacts/41/erase')).toBe(true)
  })
})

test('consent shows why advertising may not be sent, and a viewer changes nothing', async () => {
  serve({
    ...base,
    'GET /session': session({ role: 'viewer' }),
    'GET /contacts/41/consents': [
      {
        id: 1,
        contact_id: 41,
        channels: ['zns'],
        purpose: 'marketing',
        granted: true,
        shown: '<b>Tôi đồng ý</b>',
        source: 'import:1: Phiếu',
        evidence: '',
        at: '2026-11-20T02:00:00Z',
      },
    ],
  })
  open('/contacts/41?tab=consent')
  expect(await screen.findByText('<b>Tôi đồng ý</b>')).toBeTruthy()
  expect(screen.getByText('Không: đang trong danh sách chặn')).toBeTruthy()
  expect(screen.getByText('Không: chưa đồng ý nhận tin')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Ghi nhận đồng ý' })).toBeNull()
})

test('a customer is answered by hand where that is allowed, and the page says until when', async () => {
  const chat = (part = {}) => ({
    connection_id: 7,
    connection: 'Trang Cửa hàng',
    channel: 'messenger',
    address: '9001',
    last_in: '2026-11-19T02:00:00Z',
    until: '2026-11-26T02:00:00Z',
    kind: 'HUMAN_AGENT',
    active: true,
    ...part,
  })
  const source = { vi: 'Quy định của Zalo', en: 'A rule of Zalo' }
  const asked = serve({
    ...base,
    'GET /contacts/41/activity': { items: [] },
    'GET /contacts/41/conversations': {
      items: [
        chat(),
        chat({
          connection_id: 8,
          connection: 'OA Cửa hàng',
          channel: 'zalo_oa',
          kind: '',
          rule: 'zalo_oa.window',
          source,
        }),
      ],
    },
    'POST /contacts/41/conversations/reply': { message_id: 5, run_id: 2, repeated: false },
  })
  open('/contacts/41?tab=activity')
  const page = await screen.findByRole('region', { name: /Trang Cửa hàng/ })
  expect(within(page).getByText(/Nhân viên vẫn trả lời được bằng tay/)).toBeTruthy()
  const closed = screen.getByRole('region', { name: /OA Cửa hàng/ })
  expect(within(closed).getByText('Quy định của Zalo')).toBeTruthy()
  expect(within(closed).queryByRole('textbox')).toBeNull()
  await userEvent.click(within(page).getByRole('button', { name: 'Gửi trả lời' }))
  expect(await within(page).findByText('Hãy nhập nội dung trả lời.')).toBeTruthy()
  await userEvent.type(within(page).getByRole('textbox'), 'Dạ còn ạ')
  await userEvent.click(within(page).getByRole('button', { name: 'Gửi trả lời' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'POST')?.body).toEqual({
      connection_id: 7,
      address: '9001',
      text: 'Dạ còn ạ',
    })
  })
})
