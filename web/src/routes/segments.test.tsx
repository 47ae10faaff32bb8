import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { problem, serve } from '@/test/server'

const field = (name: string, label: string, kind: string, operators: string[], values: string[] = []) => ({
  name,
  label,
  kind,
  operators,
  values,
})
const fields = {
  items: [
    field('tag', 'thẻ', 'tag', ['in', 'all_of', 'not_in', 'eq', 'ne', 'has_any', 'is_empty'], ['VIP', 'Mới']),
    field('attr.hang', 'Hạng', 'text', ['eq', 'ne', 'in', 'has_any'], ['Vàng', 'Bạc']),
    field('campaign', 'tương tác với chiến dịch', 'campaign', ['did', 'did_not']),
  ],
  events: ['sent', 'opened', 'clicked'],
}
const segment = (part = {}) => ({
  id: 5,
  name: 'Khách Vàng',
  description: '',
  condition: { op: 'and', items: [{ field: 'attr.hang', operator: 'eq', value: 'Vàng' }] },
  summary: 'Hạng là “Vàng”',
  uses: [],
  use_count: 0,
  created_by: 'user:1',
  created_at: '2026-11-20T02:00:00Z',
  updated_at: '2026-11-20T02:00:00Z',
  ...part,
})
const base = {
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /segments/fields': fields,
  'POST /segments/count': { count: 1234 },
  'POST /segments/summary': { summary: 'Hạng là “Vàng”' },
  'POST /segments/sample': { items: [{ id: 1, name: 'Hà', phone: '+84901234567', email: '', external_id: '' }] },
  'GET /segments/5': segment(),
  'GET /segments/5/count': { count: 1234 },
  'GET /segments/5/members': { items: [{ id: 1, name: 'Hà', phone: '+84901234567', email: '', external_id: '' }] },
}

test('the list says whom a segment takes and how many they are', async () => {
  serve({ ...base, 'GET /segments': { items: [segment()] } })
  open('/segments')
  const row = (await screen.findByText('Khách Vàng')).closest('tr')
  if (!row) throw new Error('the segment stands in no row')
  expect(within(row).getByText('Hạng là “Vàng”')).toBeTruthy()
  expect(await within(row).findByText('1.234')).toBeTruthy()
})

test('a segment that is used cannot be deleted and says where it is used', async () => {
  const uses = [{ kind: 'campaign', id: 7, name: 'Tết', state: 'running', holds: true }]
  const asked = serve({ ...base, 'GET /segments/5': segment({ uses, use_count: 1 }) })
  open('/segments/5')
  await userEvent.click(await screen.findByRole('button', { name: 'Xóa' }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByRole('link', { name: 'Tết' })).toBeTruthy()
  expect(asked.some((a) => a.method === 'DELETE')).toBe(false)
})

test('an edited rule keeps its tree, counts, and shows the mistakes at the rule', async () => {
  const refusal = problem(422, 'segment.condition_invalid', 'Điều kiện lọc chưa đúng.', [
    { path: 'body.condition.items[0].value', code: 'segment.value_missing', detail: 'Hãy nhập giá trị.' },
  ])
  const asked = serve({ ...base, 'PUT /segments/5': refusal })
  open('/segments/5/edit')
  expect(await screen.findByText('1.234 khách hàng')).toBeTruthy()
  expect(screen.getByText('Hạng là “Vàng”')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Lưu' }))
  expect(await screen.findByText('Hãy nhập giá trị.')).toBeTruthy()
  expect(asked.find((a) => a.method === 'PUT')?.body).toEqual({
    name: 'Khách Vàng',
    description: '',
    condition: { op: 'and', items: [{ field: 'attr.hang', operator: 'eq', value: 'Vàng' }] },
  })
})

test('a new segment starts with everybody; an unfinished condition is not counted', async () => {
  const asked = serve(base)
  open('/segments/new')
  expect(await screen.findByText('Chưa có điều kiện nào: lấy tất cả khách hàng.')).toBeTruthy()
  await waitFor(() => {
    expect(asked.filter((a) => a.path === '/segments/count').length).toBe(1)
  })
  await userEvent.click(screen.getByRole('button', { name: /Thêm điều kiện/ }))
  expect(await screen.findByText('Điền đủ và đúng các điều kiện để đếm.')).toBeTruthy()
  expect(screen.getByLabelText('Trường lọc của điều kiện 1')).toBeTruthy()
  expect(asked.filter((a) => a.path === '/segments/count').length).toBe(1)
})

test('from another page one comes back with the new segment', async () => {
  serve({ ...base, 'POST /segments': segment({ id: 9 }) })
  const router = open('/segments/new?back=%2Fcampaigns&name=M%E1%BB%9Bi')
  await userEvent.click(await screen.findByRole('button', { name: 'Lưu nhóm' }))
  await waitFor(() => {
    expect(router.state.location.href).toContain('/campaigns?segment=9')
  })
})
