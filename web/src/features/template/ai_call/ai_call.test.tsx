import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { open } from '@/test/render'
import { type Asked, problem, serve } from '@/test/server'
import { editing } from '@/test/template'

const world = (content: unknown) => ({
  ...editing('ai_call', content),
  'POST /templates/preview': (a: Asked) => {
    const { script, keys } = (a.body as { content: { script: string; keys?: { prompt: string } } }).content
    return { ai_call: { script, prompt: keys?.prompt, times: 1, seconds: 75 } }
  },
})

test('asks for a key, says what is wrong with it, and keeps what was written', async () => {
  const asked = serve({
    ...world({ script: 'Chào bạn' }),
    'PATCH /templates/4': problem(422, 'template.call_variable', 'Không dùng được.', [
      { path: 'body.content.keys.list[0].label', code: 'template.call_variable', detail: 'Không có biến ở đây.' },
    ]),
  })
  open('/templates/4')
  const write = (field: string, value: string) => fireEvent.change(screen.getByLabelText(field), { target: { value } })
  const press = (element: HTMLElement) => fireEvent.click(element)
  const slow = { timeout: 10_000 }
  const warning = 'Cuộc gọi dài hơn một phút; nhiều người sẽ gác máy trước khi nghe hết.'
  expect(await screen.findByText(warning, {}, slow)).toBeTruthy()
  press(await screen.findByLabelText('Mời khách bấm phím', { selector: 'input' }, slow))
  write('Lời mời bấm phím', 'Bấm 9')
  write('Phím 1: Phím bấm', '99')
  expect(screen.getByText('Chỉ dùng 0–9, * và #, tối đa 1 ký tự.')).toBeTruthy()
  write('Phím 1: Phím bấm', '9')
  write('Phím 1: Ý nghĩa', 'Từ chối')
  press(screen.getByLabelText('Khách bấm phím này là từ chối nhận cuộc gọi sau'))
  const pad = await screen.findByLabelText('Ý nghĩa của các phím', { selector: 'ul' }, slow)
  expect(within(pad).getByText('Từ chối')).toBeTruthy()
  press(screen.getByText('Lưu'))
  expect(
    await within(screen.getByLabelText('Phím 1', { selector: '[role=group]' })).findByText(
      'Không có biến ở đây.',
      {},
      slow,
    ),
  ).toBeTruthy()
  expect(asked.find((a) => a.method === 'PATCH')?.body).toMatchObject({
    content: {
      script: 'Chào bạn',
      keys: { prompt: 'Bấm 9', list: [{ digits: '9', label: 'Từ chối', opt_out: true }] },
    },
  })
  press(await screen.findByLabelText('Mời khách bấm phím', { selector: 'input' }, slow))
  expect(screen.queryByLabelText('Lời mời bấm phím')).toBeNull()
  press(await screen.findByLabelText('Mời khách bấm phím', { selector: 'input' }, slow))
  await waitFor(() => {
    expect(screen.getByLabelText<HTMLTextAreaElement>('Lời mời bấm phím').value).toBe('Bấm 9')
  })
})
