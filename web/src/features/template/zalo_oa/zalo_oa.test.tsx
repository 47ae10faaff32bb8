import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { open } from '@/test/render'
import { type Asked, problem, serve } from '@/test/server'
import { editing, template } from '@/test/template'

const approved = {
  template_id: '100003',
  name: 'Xác nhận đơn hàng',
  status: 'ENABLE',
  sendable: true,
  quality: 'HIGH',
  tag: 'TRANSACTION',
  price_vnd: 200,
  price_uid_vnd: 140,
  timeout_ms: 0,
  preview_url: '',
  wording: '',
  gone: false,
  params: [
    { name: 'customer_name', type: 'STRING', required: true, min_length: 0, max_length: 30, accept_null: false },
  ],
  buttons: [],
}

const world = (content: unknown) => ({
  ...editing('zalo_oa', content),
  'GET /connections': { items: [{ id: 7, name: 'Tiệm Hoa', provider: 'zalo', channel: 'zns', state: 'active' }] },
  'GET /connections/7/zns-templates': { items: [approved], synced_at: '2026-11-20T02:00:00Z' },
  'POST /templates/preview': (a: Asked) => ({ zalo_oa: (a.body as { content: object }).content }),
  'PATCH /templates/4': template('zalo_oa', { text: 'x' }),
})

test('a text with a button: what is wrong is said at its field', async () => {
  const asked = serve({
    ...world({ text: 'Chào bạn' }),
    'PATCH /templates/4': problem(422, 'template.messenger_too_long', 'Quá dài.', [
      { path: 'body.content.buttons[0].title', code: 'template.messenger_too_long', detail: 'Nút dài quá.' },
    ]),
  })
  open('/templates/4')
  const user = userEvent.setup()
  expect(await screen.findByText('8/2.000 ký tự')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Thêm nút' }))
  await user.type(screen.getByLabelText('Nút 1: Chữ trên nút'), 'Xem ngay')
  await user.type(screen.getByLabelText('Nút 1: Địa chỉ web'), 'https://shop.vn')
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  expect(await within(screen.getByRole('group', { name: 'Nút 1' })).findByText('Nút dài quá.')).toBeTruthy()
  expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({
    content: { text: 'Chào bạn', buttons: [{ type: 'url', title: 'Xem ngay', url: 'https://shop.vn' }] },
  })
})

test('an approved template takes the price of a message by user id, and nothing of the text goes with it', async () => {
  const asked = serve(world({ text: 'Chào bạn' }))
  open('/templates/4')
  const user = userEvent.setup()
  await user.click(await screen.findByText('Mẫu ZBS'))
  await user.click(await screen.findByRole('combobox', { name: 'Mẫu đã được Zalo duyệt' }))
  await user.click(await screen.findByText('Xác nhận đơn hàng (100003)'))
  expect(await screen.findByText(/140/)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({
      content: {
        template: {
          template_id: '100003',
          price_vnd: 140,
          tag: 'TRANSACTION',
          params: { customer_name: '{{ contact.name | default: "Quý khách" }}' },
        },
      },
    })
  })
  const content = (asked.find((a) => a.method === 'PATCH')?.body as { content: object }).content
  expect(Object.keys(content)).toEqual(['template'])
})

test('a picture is uploaded and stands in the message by its reference, in the preview by its name', async () => {
  const kept = { id: 12, ref: 'upload:12', kind: 'image', name: 'hoa.png', size: 10, media_type: 'image/png' }
  const made: unknown[] = []
  const asked = serve({
    ...world({ image: '' }),
    'GET /connections/7/oa/uploads': () => ({ items: made }),
    'POST /connections/7/oa/uploads': () => {
      made.push(kept)
      return kept
    },
  })
  open('/templates/4')
  const user = userEvent.setup()
  await screen.findByRole('combobox', { name: 'Ảnh đã tải lên' })
  expect(screen.getByLabelText('Địa chỉ ảnh')).toBeTruthy()
  const input = document.querySelector<HTMLInputElement>('input[type=file]')
  await user.upload(input as HTMLInputElement, new File(['1'], 'hoa.png', { type: 'image/png' }))
  await waitFor(() => {
    expect(screen.queryByLabelText('Địa chỉ ảnh')).toBeNull()
  })
  const phone = await waitFor(() => {
    const found = document.querySelector<HTMLElement>('.template-phone')
    expect(found).toBeTruthy()
    return found as HTMLElement
  })
  expect(await within(phone).findByText('hoa.png')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({ content: { image: 'upload:12' } })
  })
})
