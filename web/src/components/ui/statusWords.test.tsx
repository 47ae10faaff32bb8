import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import { setLanguage } from '@/i18n'

import { StatusChip } from './Chip'

test('a status is said in the words of its channel', async () => {
  await setLanguage('vi')
  render(
    <>
      <StatusChip status="delivered" channel="zns" />
      <StatusChip status="delivered" channel="http_request" />
      <StatusChip status="failed" channel="email" />
      <StatusChip status="failed" channel="action" />
      <StatusChip status="delivered" channel={['sms', 'sync', 'zns']} />
      <StatusChip status="opened" />
      <StatusChip status="teleported" channel="zns" />
    </>,
  )
  const words = [...document.querySelectorAll('.chip')].map((c) => c.textContent)
  expect(words).toEqual([
    'Đã nhận',
    'Gửi thành công',
    'Đã thất bại',
    'Gửi thất bại',
    'Đã nhận / Gửi thành công',
    'Đã mở',
    'teleported',
  ])
  expect(screen.queryByText(/statusOf/)).toBeNull()
})
