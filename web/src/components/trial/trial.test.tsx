import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { startLanguage } from '@/i18n'
import { Around } from '@/test/around'
import { session } from '@/test/factories'
import { problem, serve } from '@/test/server'

import { TestSend } from './TestSend'

const base = {
  'GET /session': session(),
  'GET /connections': {
    items: [
      { id: 4, name: 'Thư cửa hàng', channel: 'email', state: 'active' },
      { id: 5, name: 'Đang giữ', channel: 'email', state: 'held' },
    ],
  },
  'GET /contacts': { items: [], next: 0 },
  'GET /messages/31': {
    run: 'Thư',
    kind: 'test',
    leg: { state: 'skipped', status: 'skipped', price: 0, reason: 'suppressed' },
    sentences: [{ code: 'why.suppressed', text: 'Địa chỉ nằm trong danh sách chặn.' }],
  },
}

test('a test is sent once through the only active connection, and what became of it is told', async () => {
  await startLanguage()
  window.localStorage.clear()
  const asked = serve({ ...base, 'POST /templates/9/test': { message_id: 31, run_id: 7, repeated: false } })
  render(
    <Around>
      <TestSend template={9} channel="email" content={{ subject: 'x', html: 'y' }} />
    </Around>,
  )
  const button = await screen.findByRole('button', { name: /Gửi thử/ })
  await screen.findByText('Gửi thử')
  await expect.poll(() => (button as HTMLButtonElement).disabled).toBe(false)
  await userEvent.click(button)
  await userEvent.type(await screen.findByLabelText('Gửi tới'), 'toi@example.com')
  await userEvent.click(screen.getByRole('button', { name: /Gửi tin thử/ }))
  expect(await screen.findByText('Địa chỉ nằm trong danh sách chặn.')).toBeTruthy()
  const sent = asked.filter((a) => a.method === 'POST')
  expect(sent).toHaveLength(1)
  expect(sent[0]?.body).toMatchObject({ connection_id: 4, to: 'toi@example.com', content: { subject: 'x', html: 'y' } })
})

test('a wrong address is said at its field', async () => {
  await startLanguage()
  serve({
    ...base,
    'POST /templates/9/test': problem(422, 'trial.to_invalid', 'Địa chỉ nhận tin thử không hợp lệ.', [
      { path: 'body.to', code: 'trial.to_invalid_email', detail: 'Nhập địa chỉ email hợp lệ.' },
    ]),
  })
  render(
    <Around>
      <TestSend template={9} channel="email" />
    </Around>,
  )
  const button = await screen.findByRole('button', { name: /Gửi thử/ })
  await expect.poll(() => (button as HTMLButtonElement).disabled).toBe(false)
  await userEvent.click(button)
  await userEvent.type(await screen.findByLabelText('Gửi tới'), 'toi')
  await userEvent.click(screen.getByRole('button', { name: /Gửi tin thử/ }))
  expect(await screen.findByText('Nhập địa chỉ email hợp lệ.')).toBeTruthy()
})
