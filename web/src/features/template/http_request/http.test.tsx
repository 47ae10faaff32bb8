import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { type Asked, serve } from '@/test/server'

const template = (content: unknown) => ({
  id: 4,
  name: 'Báo CRM',
  channel: 'http_request',
  version: 1,
  content,
  created_by: 'user:1',
  created_at: '2026-11-20T02:00:00Z',
  updated_at: '2026-11-20T02:00:00Z',
})

const crm = {
  id: 7,
  name: 'CRM',
  provider: 'http',
  channel: 'http_request',
  state: 'active',
  http: { base_url: 'https://crm.example.vn/api' },
  secrets_set: ['api_key', 'webhook_secret'],
}

const world = (content: unknown) => ({
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /templates/4': template(content),
  'GET /templates/4/versions': { items: [] },
  'GET /templates/4/uses': { items: [], count: 0 },
  'GET /connections': { items: [crm] },
  'GET /contacts': { items: [] },
  'GET /attributes': [{ id: 1, key: 'ma_kh', label: 'Mã khách', type: 'text' }],
  'GET /segments': { items: [] },
  'POST /templates/preview': (a: Asked) => ({
    http: { method: 'POST', path: '/customers?name=An', ...(a.body as { content: object }).content },
    problems: [{ param: 'body', code: 'request_bad' }],
  }),
  'PATCH /templates/4': template({}),
})

test('shows the call with what the connection adds, and why it would not be made', async () => {
  serve(
    world({
      method: 'POST',
      path: '/customers',
      body: '{"name":"An"}',
      headers: [
        { name: 'X-Shop', value: 'hoa' },
        { name: 'Authorization', value: 'Bearer mine' },
      ],
    }),
  )
  open('/templates/4')
  const call = await screen.findByRole('region', { name: 'Lệnh gọi cho khách này' }, { timeout: 5000 })
  expect(call.textContent).toContain('POST https://crm.example.vn/api/customers')
  expect(call.textContent).toContain('X-Shop: hoa')
  expect(call.textContent).toContain('Authorization: •••••• (từ kết nối)')
  expect(call.textContent).not.toContain('Bearer mine')
  expect(call.textContent).toContain('Webhook-Signature')
  expect(screen.getByText('Nội dung sau khi điền không phải JSON hợp lệ.')).toBeTruthy()
})

test('says what counts as a success, and saves values to attributes', async () => {
  const asked = serve(world({ method: 'POST', path: '/customers', body: '{}' }))
  open('/templates/4')
  const user = userEvent.setup()
  expect((await screen.findAllByText(/Chỉ mã 200 là “Gửi thành công”/)).length).toBeGreaterThan(0)
  await user.click(screen.getByRole('checkbox', { name: 'Chấp nhận mọi mã 2xx là thành công' }))
  await user.click(screen.getByRole('button', { name: 'Thêm giá trị cần lưu' }))
  const row = screen.getByRole('group', { name: 'Giá trị 1' })
  await user.click(within(row).getByRole('combobox'))
  await user.click(await screen.findByText('Mã khách (ma_kh)'))
  await user.type(within(row).getByRole('textbox'), 'customer')
  expect(within(row).getByText('Vị trí bắt đầu bằng “/”.')).toBeTruthy()
  await user.clear(within(row).getByRole('textbox'))
  await user.type(within(row).getByRole('textbox'), '/customer/code')
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({
      content: { any_success: true, save: { ma_kh: '/customer/code' } },
    })
  })
})
