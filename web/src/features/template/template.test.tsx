import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { type Asked, problem, serve } from '@/test/server'

const sms = {
  id: 3,
  name: 'Nhắc lịch',
  channel: 'sms',
  version: 2,
  content: { text: 'Chào {{ contact.name }}', unicode: true },
  created_by: 'user:1',
  created_at: '2026-11-20T02:00:00Z',
  updated_at: '2026-11-20T02:00:00Z',
}

const world = {
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /templates/3': sms,
  'GET /templates/3/versions': { items: [{ version: 2, created_by: 'user:1', created_at: '2026-11-20T02:00:00Z' }] },
  'GET /templates/3/uses': { items: [{ campaign_id: 7, name: 'Khai trương', state: 'draft', needs: true }], count: 1 },
  'GET /connections': { items: [] },
  'GET /contacts': { items: [] },
  'GET /attributes': [],
  'GET /segments': { items: [{ id: 5, name: 'Khách VIP' }] },
  'POST /templates/preview': (a: Asked) => {
    const { content } = a.body as { content: { unicode: boolean } }
    return content.unicode
      ? { text: 'Chào An', sms: { encoding: 'ucs2', units: 90, parts: 2, per_part: 67 } }
      : { text: 'Chao An', sms: { encoding: 'gsm7', units: 90, parts: 1, per_part: 160 } }
  },
}

test('an SMS shows its parts with and without marks, and is saved with the version that was edited', async () => {
  const asked = serve({ ...world, 'PATCH /templates/3': { ...sms, version: 3 } })
  open('/templates/3')
  const user = userEvent.setup()
  expect(await screen.findByText('Giữ dấu làm tin này tốn nhiều phần hơn.')).toBeTruthy()
  await user.type(screen.getByLabelText('Nội dung tin'), '!')
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PATCH')?.body).toEqual({
      name: 'Nhắc lịch',
      content: { text: 'Chào {{ contact.name }}!', unicode: true },
      version: 2,
    })
  })
})

test('a version of somebody else is not overwritten unseen', async () => {
  const asked = serve({
    ...world,
    'PATCH /templates/3': (a: Asked) =>
      (a.body as { version: number }).version === 2
        ? problem(409, 'template.changed', 'Mẫu tin đã được người khác sửa.')
        : { ...sms, version: 4 },
  })
  open('/templates/3')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Lưu' }))
  expect(await screen.findByText('Người khác vừa lưu một phiên bản mới của mẫu này')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Lưu bản của tôi' }))
  await waitFor(() => {
    expect(asked.filter((a) => a.method === 'PATCH').map((a) => (a.body as { version: number }).version)).toEqual([
      2, 0,
    ])
  })
})

test('a check says how many messages would be refused and whose; one that breaks off is no result', async () => {
  const line = (part: object) =>
    JSON.stringify({ people: 3, unreachable: 1, checked: 2, failing: 1, done: false, causes: [], empty: [], ...part })
  const samples = [{ contact_id: 41, name: 'Nguyễn Thị Hà', value: 'Ấ' }]
  let whole = true
  const asked = serve({
    ...world,
    'POST /templates/check-audience': () =>
      new Response(
        `${line({ checked: 1 })}\n${whole ? `${line({ done: true, causes: [{ param: 'amount', code: '-1121', limit: 12, people: 1, samples }] })}\n` : ''}`,
      ),
  })
  open('/templates/3')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Kiểm tra' }))
  expect(await screen.findByText('1 / 2 tin sẽ bị từ chối')).toBeTruthy()
  expect(screen.getByText('dài quá 12 ký tự')).toBeTruthy()
  const link = screen.getByRole('link', { name: 'Nguyễn Thị Hà' })
  expect(link.getAttribute('href')).toBe('/contacts/41')
  expect(asked.find((a) => a.path === '/templates/check-audience')?.body).toMatchObject({ channel: 'sms' })
  whole = false
  await user.click(screen.getByRole('button', { name: 'Kiểm tra' }))
  expect(await screen.findByText(/Đã dừng: mới kiểm tra 1/)).toBeTruthy()
  expect(screen.queryByText('1 / 2 tin sẽ bị từ chối')).toBeNull()
})

test('deleting says which campaigns cannot start any more', async () => {
  serve(world)
  open('/templates/3')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Xóa' }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText(/1 chiến dịch chưa chạy đang chọn mẫu này/)).toBeTruthy()
  expect(within(dialog).getByRole('link', { name: 'Khai trương' })).toBeTruthy()
})

test('a viewer looks and cannot save', async () => {
  serve({ ...world, 'GET /session': session({ role: 'viewer' }) })
  open('/templates/3')
  expect((await screen.findByLabelText<HTMLTextAreaElement>('Nội dung tin')).disabled).toBe(true)
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Lưu' }).disabled).toBe(true)
  expect(screen.queryByRole('button', { name: 'Xóa' })).toBeNull()
})
