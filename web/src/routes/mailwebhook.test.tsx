import { fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { problem, serve } from '@/test/server'

const me = session()
const signedIn = { 'GET /session': me, 'GET /setup': { needed: false } }
const made = {
  id: 7,
  channel: 'email',
  provider: 'smtp',
  name: 'Thư',
  smtp: {
    host: 'smtp.sendgrid.net',
    port: 587,
    tls: 'starttls',
    from: 'cskh@shop.vn',
    webhook: { service: 'sendgrid' },
  },
  secrets_set: ['webhook_secret'],
  rate_per_second: 0,
  concurrency: 8,
  state: 'active',
  hook_url: 'https://loa.test/hooks/smtp/abc',
  created_at: '2026-11-01T02:00:00Z',
  updated_at: '2026-11-01T02:00:00Z',
}

test('a mail service is chosen with the key that its webhooks are checked by; a wrong key is named at its field', async () => {
  let wrong = true
  const asked = serve({
    ...signedIn,
    'POST /connections': () =>
      wrong
        ? problem(422, 'connection.invalid', 'Kiểm tra lại.', [
            { path: 'body.secrets.webhook_secret', code: 'connection.public_key', detail: 'Khóa xác minh không đúng.' },
          ])
        : made,
    'POST /connections/7/test': { ok: true, took_ms: 12 },
  })
  open('/connections/new?provider=smtp')
  const user = userEvent.setup()
  fireEvent.change(await screen.findByLabelText('Máy chủ'), { target: { value: 'smtp.sendgrid.net' } })
  fireEvent.change(screen.getByLabelText('Địa chỉ người gửi'), { target: { value: 'cskh@shop.vn' } })
  await user.click(screen.getByRole('button', { name: /Webhook của dịch vụ gửi thư/ }))
  fireEvent.mouseDown(screen.getByLabelText('Dịch vụ'))
  fireEvent.click(await screen.findByTitle('SendGrid'))
  fireEvent.change(await screen.findByLabelText('Khóa xác minh (Verification Key)'), { target: { value: 'MFkw' } })
  await user.click(screen.getByRole('button', { name: 'Lưu và thử kết nối' }))
  expect(await screen.findByText('Khóa xác minh không đúng.')).toBeTruthy()
  wrong = false
  await user.click(screen.getByRole('button', { name: 'Lưu và thử kết nối' }))
  expect(await screen.findByText(/Dán địa chỉ này vào Post URL/)).toBeTruthy()
  expect(asked.findLast((a) => a.method === 'POST' && a.path.endsWith('/connections'))?.body).toMatchObject({
    smtp: { webhook: { service: 'sendgrid' } },
    secrets: { webhook_secret: 'MFkw' },
  })
}, 20_000)

test('a plain server sends no webhook settings', async () => {
  const asked = serve({
    ...signedIn,
    'POST /connections': { ...made, smtp: { ...made.smtp, webhook: undefined } },
    'POST /connections/7/test': { ok: true },
  })
  open('/connections/new?provider=smtp')
  const user = userEvent.setup()
  fireEvent.change(await screen.findByLabelText('Máy chủ'), { target: { value: 'mail.shop.vn' } })
  fireEvent.change(screen.getByLabelText('Địa chỉ người gửi'), { target: { value: 'cskh@shop.vn' } })
  await user.click(screen.getByRole('button', { name: 'Lưu và thử kết nối' }))
  await waitFor(() => {
    expect(asked.some((a) => a.method === 'POST')).toBe(true)
  })
  expect(asked.find((a) => a.method === 'POST')?.body).not.toHaveProperty('smtp.webhook')
}, 20_000)
