import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { open } from '@/test/render'
import { type Asked, problem, serve } from '@/test/server'
import { editing } from '@/test/template'

const account = {
  id: 3,
  provider: 'getresponse',
  channel: 'sync',
  name: 'GetResponse của shop',
  state: 'active',
  secrets_set: ['api_key'],
  concurrency: 4,
  rate_per_second: 0,
}

const offer = {
  provider: 'getresponse',
  fields: [
    { key: 'email', required: true },
    { key: 'name', required: false },
  ],
  custom: [{ key: 'y8jnp', name: 'hang_the', kind: 'string', values: ['Bạc', 'Vàng'] }],
  lists: [{ id: 'p86zQ', name: 'khach_moi' }],
  tags: [{ id: 'm7E2', name: 'vip' }],
  types: [],
  sources: [],
}

const synced = {
  provider: 'getresponse',
  connection_id: 3,
  list: 'p86zQ',
  list_name: 'khach_moi',
  fields: { email: '{{ contact.email }}', name: '{{ contact.name }}' },
  tags: ['m7E2'],
}

const world = (content: unknown) => ({
  ...editing('sync', content),
  'GET /connections': { items: [account] },
  'GET /connections/3/sync-offer': offer as unknown,
  'POST /templates/preview': (a: Asked) => ({
    sync: { ...(a.body as { content: object }).content, fields: { name: 'Lan' } },
  }),
})

test('adds a field of the account, shows what it takes, and puts a mistake at it', async () => {
  const asked = serve({
    ...world(synced),
    'PATCH /templates/4': problem(422, 'template.syntax', 'Sai.', [
      { path: 'body.content.custom.y8jnp', code: 'template.syntax', detail: 'Sai cú pháp.' },
    ]),
  })
  open('/templates/4')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('combobox', { name: 'Thêm trường' }))
  await user.click(await screen.findByTitle('hang_the'))
  const line = await screen.findByRole('group', { name: 'hang_the' })
  expect(within(line).getByText('Chỉ nhận: Bạc, Vàng.')).toBeTruthy()
  await user.type(within(line).getByLabelText('Nội dung của trường hang_the'), 'Vàng')
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  expect(await within(line).findByText('Sai cú pháp.')).toBeTruthy()
  expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({
    content: { ...synced, custom: { y8jnp: 'Vàng' } },
  })
  await user.click(within(line).getByRole('button', { name: 'Bỏ trường hang_the' }))
  await waitFor(() => {
    expect(document.activeElement?.id).toBe('sync-add')
  })
})

test('the preview names list and tags, what stays, and that nothing is called without an email', async () => {
  serve(world(synced))
  open('/templates/4')
  expect(await screen.findByText('GetResponse của shop → khach_moi')).toBeTruthy()
  const written = await screen.findByLabelText('Thông tin sẽ ghi')
  expect(within(written).getByText('Lan')).toBeTruthy()
  expect(await within(written).findByText('vip')).toBeTruthy()
  expect(within(written).getByText('để trống, giữ nguyên dữ liệu cũ')).toBeTruthy()
  expect(screen.getByText(/không có email nên sẽ được tính là thất bại/)).toBeTruthy()
})

test('an account that refuses says why; what was chosen stays visible', async () => {
  serve({
    ...world(synced),
    'GET /connections/3/sync-offer': {
      ...offer,
      lists: [],
      tags: [],
      custom: [],
      failure: '1014',
      failure_text: 'GetResponse không nhận khóa API',
      advice: 'Nhập lại khóa API trong kết nối.',
    },
  })
  open('/templates/4')
  expect(await screen.findByText(/Chưa đọc được hết từ tài khoản: GetResponse không nhận khóa API/)).toBeTruthy()
  expect(screen.getByTitle('khach_moi')).toBeTruthy()
})
