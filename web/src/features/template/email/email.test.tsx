import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, test } from 'vitest'

import { startLanguage } from '@/i18n'
import { problem, serve } from '@/test/server'
import { Around } from '@/test/around'

import type { EmailContent } from './content'
import { EmailEditor } from './EmailEditor'

const report = {
  variables: ['contact.name', 'contact.nmae'],
  unknown: ['contact.nmae'],
  links: [{ index: 0, source: 'https://shop.example/{{ params.ma }}', dynamic: true }],
  sample: {},
  warnings: [],
  price_vnd: 0,
  email: {
    html_bytes: 110_000,
    plain: 'Chào {{ contact.name }}',
    opt_out: false,
    footer: true,
    removed: [{ kind: 'element', name: 'script', count: 2 }],
    images_without_text: 1,
  },
}

function Desk({ start, told }: { start: EmailContent; told: (value: EmailContent) => void }) {
  const [value, setValue] = useState(start)
  return (
    <Around>
      <EmailEditor
        value={value}
        onChange={(next) => {
          told(next)
          setValue(next)
        }}
      />
    </Around>
  )
}

async function edit(answers: Record<string, unknown>) {
  await startLanguage()
  const asked = serve({ 'POST /templates/check': report, ...answers })
  let latest: EmailContent = { subject: 'Chào', html: '<p>Chào {{ contact.name }}</p><script>x</script>' }
  render(
    <Desk
      start={latest}
      told={(value) => {
        latest = value
      }}
    />,
  )
  return { asked, content: () => latest }
}

test('the check says what is left out, that Gmail clips, and which variables do not exist', async () => {
  await edit({})
  await userEvent.click(screen.getByRole('tab', { name: 'Kiểm tra' }))
  expect(await screen.findByText('thẻ <script>: 2 lần')).toBeTruthy()
  expect(screen.getByText(/Gmail cắt thư/)).toBeTruthy()
  expect(screen.getByText(/contact\.nmae\. Kiểm tra lỗi gõ/)).toBeTruthy()
  expect(screen.getByText('1 ảnh chưa có mô tả.')).toBeTruthy()
  expect(screen.getByText('https://shop.example/{{ params.ma }}')).toBeTruthy()
})

test('the text part is derived until it is taken over', async () => {
  const { content } = await edit({})
  await userEvent.click(screen.getByRole('tab', { name: 'Văn bản thuần' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Lấy từ nội dung để sửa' }))
  expect(content().text).toBe('Chào {{ contact.name }}')
  await userEvent.click(await screen.findByRole('button', { name: 'Dùng bản tự động' }))
  expect(content().text).toBeUndefined()
})

test('the preview stands in a frame that may do nothing, and a mistake is said', async () => {
  await edit({ 'POST /templates/preview': { subject: 'Chào An', html: '<p>Chào An</p>', missing: [] } })
  await userEvent.click(screen.getByRole('tab', { name: 'Xem trước' }))
  const frame = await screen.findByTitle('Bản xem trước của email')
  expect(frame.getAttribute('sandbox')).toBe('')
  expect(frame.getAttribute('srcdoc')).toContain('Chào An')
})

test('a refused mail shows the words of the server', async () => {
  await edit({
    'POST /templates/check': problem(422, 'template.no_unsubscribe', 'Thư quảng cáo cần liên kết hủy đăng ký.'),
  })
  await userEvent.click(screen.getByRole('tab', { name: 'Kiểm tra' }))
  expect(await screen.findByText('Thư quảng cáo cần liên kết hủy đăng ký.')).toBeTruthy()
})
