import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { session } from '@/test/factories'
import { open } from '@/test/render'
import { problem, serve } from '@/test/server'

import { kindsOf } from './kinds'

const invoice = (state: string) => ({
  id: 3,
  connection_id: 2,
  month: '2026-11',
  filename: 'bang-ke.csv',
  state,
  compared: 500,
  columns: { id: 'Mã tin', key: '', amount: 'Thành tiền', phone: '' },
  summary: {
    lines: 1000,
    passed: 2,
    charged_vnd: 900_000,
    expected_vnd: 850_000,
    verdicts: {
      failed: { count: 4, charged_vnd: 3400, expected_vnd: 0 },
      match: { count: 996, charged_vnd: 0, expected_vnd: 0 },
    },
  },
  created_by: 'user:1',
  created_at: '2026-11-20T02:00:00Z',
  checked_at: '2026-11-20T02:00:00Z',
})

const world = (channel: string, state = 'ready') => ({
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /connections/2': { id: 2, name: 'eSMS', provider: 'esms', channel, state: 'active' },
  'GET /connections/2/prices': {
    items: [
      {
        id: 1,
        since: '1970-01-01T00:00:00Z',
        network: '',
        template: '',
        per: 'part',
        vnd: 850,
        created_by: '',
        created_at: '',
      },
    ],
  },
  'GET /connections/2/invoices': { items: [invoice(state)] },
  'GET /connections/2/invoices/3/lines': {
    items: [
      {
        no: 1,
        verdict: 'failed',
        provider_id: 'T-1',
        key: '',
        hint: '*****001',
        charged_vnd: 850,
        expected_vnd: 0,
        message_id: 9,
      },
    ],
  },
})

test('prices are told apart by what the channel is charged by', () => {
  expect(kindsOf('sms')).toEqual({ network: true, template: false, per: ['message', 'part'] })
  expect(kindsOf('zns').template).toBe(true)
  expect(kindsOf('email').per[0]).toBe('thousand')
  expect(kindsOf('http_request').per).toEqual(['message'])
})

test('a comparison shows what was found, and what each finding means', async () => {
  serve(world('sms'))
  open('/connections/2/invoices')
  const user = userEvent.setup()
  expect(await screen.findByLabelText('Nhà mạng')).toBeTruthy()
  expect(screen.queryByLabelText('Mã mẫu Zalo')).toBeNull()
  expect(await screen.findByText('Tính tiền tin đã thất bại: 4')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Xem chi tiết: 11/2026, bang-ke.csv' }))
  const drawer = await screen.findByRole('dialog')
  expect(within(drawer).getByText('Mã tin, Thành tiền')).toBeTruthy()
  expect(await within(drawer).findByText('T-1')).toBeTruthy()
  await user.click(within(drawer).getByRole('combobox', { name: 'Kết quả' }))
  await user.click(await screen.findByText('Tính tiền tin đã thất bại (4)'))
  expect(await within(drawer).findByText(/Đề nghị hoàn tiền/)).toBeTruthy()
})

test('columns that are not recognised are asked for; a comparison under way says how far it is', async () => {
  const asked = serve({
    ...world('zns', 'comparing'),
    'POST /connections/2/invoices': problem(422, 'invoice.columns_missing', 'Chưa biết cột nào.'),
  })
  open('/connections/2/invoices')
  const user = userEvent.setup()
  expect(await screen.findByText(/Đang đối soát: 500\/1\.000 dòng/)).toBeTruthy()
  const again = screen.getByRole<HTMLButtonElement>('button', { name: 'Đối soát lại: 11/2026, bang-ke.csv' })
  expect(again.disabled).toBe(true)
  await user.type(screen.getByLabelText('Tháng'), '11/2026{Enter}')
  const input = document.querySelector<HTMLInputElement>('input[type=file]')
  await user.upload(input as HTMLInputElement, new File(['1'], 'la.csv', { type: 'text/csv' }))
  await user.click(screen.getByRole('button', { name: 'Tải lên và đối soát' }))
  expect(await screen.findByText('Chưa biết cột nào.')).toBeTruthy()
  await waitFor(() => {
    expect(screen.getByLabelText('Cột số tiền')).toBeTruthy()
  })
  expect(asked.some((a) => a.method === 'POST' && a.path.startsWith('/connections/2/invoices'))).toBe(true)
})
