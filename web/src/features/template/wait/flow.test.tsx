import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { campaign } from '@/test/factories'
import { open } from '@/test/render'
import { serve } from '@/test/server'
import { editing, template } from '@/test/template'

import { unfinished as unfinishedStart } from '../start_flow/content'
import { longest, unfinished } from './content'

const world = (channel: string, content: unknown) => ({
  ...editing(channel, content),
  'POST /templates/check': { variables: [], unknown: [], links: [], sample: {}, warnings: [], price_vnd: 0 },
  'PATCH /templates/4': template(channel, content),
})

test('a wait is told in days, hours or minutes and stored in seconds', async () => {
  const asked = serve(world('wait', { seconds: 172800 }))
  open('/templates/4')
  const user = userEvent.setup()
  const field = await screen.findByRole('spinbutton', { name: 'Chờ trong' })
  expect((field as HTMLInputElement).value).toBe('2')
  expect(screen.getByText('Chờ 2 ngày, rồi sang bước tiếp theo.')).toBeTruthy()
  await user.clear(field)
  await user.type(field, '3')
  await user.click(screen.getByRole('button', { name: /^Lưu/ }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({ content: { seconds: 259200 } })
  })
})

test('a start offers campaigns that people enter one by one, and warns of one that does not run', async () => {
  serve({
    ...world('start_flow', { campaign_id: 8 }),
    'GET /campaigns': {
      items: [campaign({ id: 8, name: 'Chào mừng', audience: { entry: true } }), campaign({ id: 9, name: 'Gửi hết' })],
    },
    'GET /campaigns/8': campaign({ id: 8, name: 'Chào mừng', state: 'paused', audience: { entry: true } }),
  })
  open('/templates/4')
  const user = userEvent.setup()
  expect(await screen.findByText('Đưa khách hàng vào chiến dịch “Chào mừng”.')).toBeTruthy()
  expect(await screen.findByText(/Chiến dịch này chưa chạy/)).toBeTruthy()
  await user.click(screen.getByRole('combobox', { name: 'Chiến dịch khách hàng sẽ vào' }))
  expect((await screen.findAllByTitle(/Chào mừng/)).length).toBeGreaterThan(0)
  expect(screen.queryByTitle(/Gửi hết/)).toBeNull()
})

test('what the server would refuse', () => {
  expect([0, 1, longest, longest + 1].map((seconds) => unfinished({ seconds }))).toEqual([true, false, false, true])
  expect([0, 3].map((campaign_id) => unfinishedStart({ campaign_id }))).toEqual([true, false])
})
