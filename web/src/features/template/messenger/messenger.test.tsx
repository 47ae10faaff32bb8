import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { open } from '@/test/render'
import { type Asked, problem, serve } from '@/test/server'
import { editing, template } from '@/test/template'

const world = (content: unknown) => ({
  ...editing('messenger', content),
  'POST /templates/preview': (a: Asked) => ({
    messenger: { messaging_type: 'UPDATE', ...(a.body as { content: object }).content },
  }),
})

test('counts against the limit, which buttons make smaller, and puts a mistake at its field', async () => {
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
  expect(screen.getByText('8/640 ký tự')).toBeTruthy()
  await user.type(screen.getByLabelText('Nút 1: Chữ trên nút'), 'Xem ngay ưu đãi hôm nay')
  expect(screen.getByText(/23\/20 ký tự Thừa 3 ký tự/)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  expect(await within(screen.getByRole('group', { name: 'Nút 1' })).findByText('Nút dài quá.')).toBeTruthy()
  expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({
    content: { text: 'Chào bạn', buttons: [{ type: 'web_url', title: 'Xem ngay ưu đãi hôm nay' }] },
  })
})

test('no more than three buttons; after one is gone another may come', async () => {
  const button = { type: 'postback', title: 'Có' }
  serve(world({ text: 'Chào', buttons: [button, button, button] }))
  open('/templates/4')
  const user = userEvent.setup()
  const add = await screen.findByRole<HTMLButtonElement>('button', { name: 'Thêm nút' })
  expect(add.disabled).toBe(true)
  await user.click(screen.getByRole('button', { name: 'Bỏ: Nút 3' }))
  expect(add.disabled).toBe(false)
  await waitFor(() => {
    expect(document.activeElement).toBe(add)
  })
})

test('a carousel is shown and saved; the text comes back when it is chosen again', async () => {
  const asked = serve({ ...world({ text: 'Chào bạn' }), 'PATCH /templates/4': template('messenger', {}) })
  open('/templates/4')
  const user = userEvent.setup()
  await user.click(await screen.findByText('Thẻ trượt'))
  await user.type(screen.getByLabelText('Thẻ 1: Tiêu đề'), 'Áo dài')
  await user.type(screen.getByLabelText('Thẻ 1: Mô tả'), 'Mới về')
  const region = await screen.findByRole('region', { name: 'Thẻ trượt' }, { timeout: 5000 })
  expect(region).toBeTruthy()
  await user.click(screen.getByText('Văn bản'))
  expect(screen.getByLabelText<HTMLTextAreaElement>('Nội dung tin').value).toBe('Chào bạn')
  await user.click(screen.getAllByText('Thẻ trượt')[0] as HTMLElement)
  await user.click(screen.getByRole('button', { name: 'Lưu' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({
      content: { cards: [{ title: 'Áo dài', subtitle: 'Mới về' }] },
    })
  })
  expect(asked.find((a) => a.method === 'PATCH')?.body).not.toHaveProperty('content.text')
})
