import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { problem, serve } from '@/test/server'

const made = (part = {}) => ({
  id: 3,
  filename: 'khach.csv',
  format: 'csv',
  encoding: 'utf-8',
  options: {},
  state: 'uploaded',
  bytes_total: 1000,
  bytes_read: 0,
  rows_read: 0,
  rows_created: 0,
  rows_updated: 0,
  rows_unchanged: 0,
  rows_merged: 0,
  rows_rejected: 0,
  rows_warned: 0,
  created_by: 'user:1',
  created_at: '2026-11-20T02:00:00Z',
  ...part,
})
const preview = {
  info: { format: 'csv', encoding: 'utf-8', delimiter: ',', header: 1, headers: ['SĐT', 'Hạng'], bytes: 1000 },
  columns: [
    { header: 'SĐT', target: 'phone' },
    { header: 'Hạng', target: 'attribute', key: 'hang', label: 'Hạng', type: 'text' },
  ],
  rows: [
    {
      row: 2,
      cells: ['0901234567', 'Vàng'],
      outcome: 'accepted',
      name: '',
      phone: '+84901234567',
      email: '',
      problems: [],
    },
    {
      row: 3,
      cells: ['12', '<b>Bạc</b>'],
      outcome: 'rejected',
      name: '',
      phone: '',
      email: '',
      problems: ['SĐT: Số điện thoại thiếu chữ số'],
    },
  ],
}
const base = {
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /attributes': [],
  'GET /tags': [],
  'GET /imports/3': made(),
  'POST /imports/3/preview': preview,
}

test('the guessed columns are shown with values, a new attribute in place, and sent at the start', async () => {
  const asked = serve({ ...base, 'POST /imports/3/start': made({ state: 'queued' }) })
  open('/contacts/imports/3')
  expect(await screen.findByText('Vàng · <b>Bạc</b>')).toBeTruthy()
  expect(screen.getByText('SĐT: Số điện thoại thiếu chữ số')).toBeTruthy()
  const name = screen.getByLabelText('Tên thuộc tính mới cho cột Hạng')
  await userEvent.clear(name)
  await userEvent.type(name, 'Hạng thẻ')
  await userEvent.click(screen.getByRole('button', { name: 'Bắt đầu nhập' }))
  await waitFor(() => {
    expect(asked.find((a) => a.path === '/imports/3/start')?.body).toMatchObject({
      existing: 'update',
      tags: ['Nhập khach 20/11/2026'],
      columns: [
        { header: 'SĐT', target: 'phone' },
        { header: 'Hạng', target: 'attribute', key: 'hang_the', label: 'Hạng thẻ', type: 'text' },
      ],
    })
  })
})

test('a mistake of the mapping stands at its column', async () => {
  serve({
    ...base,
    'POST /imports/3/preview': (a: { body: unknown }) =>
      (a.body as { columns?: unknown }).columns
        ? problem(422, 'import.mapping_invalid', 'Cách ghép cột chưa hợp lệ.', [
            { path: 'columns[1].key', code: 'attribute.key_invalid', detail: 'Khóa thuộc tính chưa đúng.' },
          ])
        : preview,
  })
  open('/contacts/imports/3')
  await userEvent.type(await screen.findByLabelText('Tên thuộc tính mới cho cột Hạng'), 'x')
  const column = await screen.findByRole('group', { name: 'Hạng' })
  expect(await within(column).findByText('Khóa thuộc tính chưa đúng.')).toBeTruthy()
})

test('an import that runs is followed to its result with the rejected rows', async () => {
  let asked = 0
  serve({
    ...base,
    'GET /imports/3': () =>
      ++asked < 2
        ? made({ state: 'running', bytes_read: 500, rows_read: 50 })
        : made({
            state: 'finished',
            rows_read: 100,
            rows_created: 99,
            rows_rejected: 1,
            options: { tags: ['Hội chợ'] },
          }),
    'GET /imports/3/problems': {
      headers: ['SĐT', 'Hạng'],
      items: [
        { row: 3, severity: 'rejected', reasons: ['SĐT: Số điện thoại thiếu chữ số'], cells: ['12', '<b>Bạc</b>'] },
      ],
      next: 0,
    },
  })
  open('/contacts/imports/3')
  expect(await screen.findByText('Đã đọc 50 dòng')).toBeTruthy()
  expect(await screen.findByText('Đã nhập xong 100 dòng')).toBeTruthy()
  expect(await screen.findByText('<b>Bạc</b>')).toBeTruthy()
  expect(screen.getByRole('link', { name: /Tải về CSV/ }).getAttribute('href')).toContain('problems.csv?lang=vi')
  expect(screen.getByRole('link', { name: /Hội chợ/ }).getAttribute('href')).toBe(
    '/contacts?tag=H%E1%BB%99i%20ch%E1%BB%A3',
  )
})

test('a file of another kind is refused before it is sent', async () => {
  const asked = serve(base)
  open('/contacts/import')
  await screen.findByText('Kéo tệp vào đây hoặc bấm để chọn')
  const input = document.querySelector('input[type=file]')
  if (!(input instanceof HTMLInputElement)) throw new Error('there is no file input')
  await userEvent.setup({ applyAccept: false }).upload(input, new File(['x'], 'khach.pdf'))
  expect(await screen.findByText('Tệp khach.pdf không phải CSV hay XLSX.')).toBeTruthy()
  expect(asked.some((a) => a.method === 'POST')).toBe(false)
})
