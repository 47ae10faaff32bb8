import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { open } from '@/test/render'
import { type Asked, problem, serve } from '@/test/server'
import { editing, template } from '@/test/template'

const counts = { codes: 10, free: 7, given: 3, redeemed: 0, asked: 3, waiting: 0, failed: 0 }
const tet = { id: 9, name: 'Quà Tết', worth: '', description: '', counts }

const world = (channel: string, content: unknown) => ({
  ...editing(channel, content),
  'GET /connections': { items: [{ id: 3, name: 'Máy chủ mail', provider: 'smtp', channel: 'email', state: 'active' }] },
  'GET /attributes': [{ id: 1, key: 'diem', label: 'Điểm', type: 'number' }],
  'GET /tags': [],
  'GET /vouchers': { items: [tet] },
  'GET /vouchers/9': tet,
  'POST /templates/preview': (a: Asked) => {
    const c = (a.body as { content: { kind: string; value: string } }).content
    return { action: { kind: c.kind, value: c.value.replace('{{ contact.name }}', 'An') } }
  },
})

test('sets an attribute, shows the value, and puts what is wrong at its field', async () => {
  const asked = serve({
    ...world('action', { kind: 'set_attribute', attribute: 'diem', value: 'Của {{ contact.name }}' }),
    'PATCH /templates/4': problem(422, 'template.unclosed', 'Thiếu dấu đóng.', [
      { path: 'body.content.value', code: 'template.unclosed', detail: 'Thiếu dấu đóng ở giá trị.' },
    ]),
  })
  open('/templates/4')
  const user = userEvent.setup()
  expect(await screen.findByText('Của An', {}, { timeout: 10_000 })).toBeTruthy()
  expect(screen.queryByRole('button', { name: /Gửi thử/ })).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  expect((await screen.findAllByText(/Thiếu dấu đóng ở giá trị/, {}, { timeout: 10_000 })).length).toBeGreaterThan(0)
  expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({
    content: { kind: 'set_attribute', attribute: 'diem', value: 'Của {{ contact.name }}' },
  })
}, 30_000)

test('lets people wait for a code and says so', async () => {
  const asked = serve({
    ...world('voucher', { voucher_id: 9 }),
    'PATCH /templates/4': (a: Asked) => template('voucher', (a.body as { content: unknown }).content),
  })
  open('/templates/4')
  const user = userEvent.setup()
  expect(await screen.findByText('Phát cho khách một mã của “Quà Tết”.', {}, { timeout: 10_000 })).toBeTruthy()
  await user.click(screen.getByRole('radio', { name: /Chờ đến khi có mã/ }))
  expect(screen.getByText(/có mã mới thì phát theo thứ tự chờ/)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({ content: { voucher_id: 9, wait: true } })
  })
}, 30_000)
