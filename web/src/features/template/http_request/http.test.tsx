import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { open } from '@/test/render'
import { type Asked, serve } from '@/test/server'
import { editing, template } from '@/test/template'

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
  ...editing('http_request', content),
  'GET /connections': { items: [crm] },
  'GET /attributes': [{ id: 1, key: 'ma_kh', label: 'Mã khách', type: 'text' }],
  'POST /templates/preview': (a: Asked) => ({
    http: { method: 'POST', path: '/customers?name=An', ...(a.body as { content: object }).content },
    problems: [{ param: 'body', code: 'request_bad' }],
  }),
  'PATCH /templates/4': template('http_request', {}),
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
