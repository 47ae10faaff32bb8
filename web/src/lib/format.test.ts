import { expect, test } from 'vitest'

import { formatDuration, formatMoney, formatTime } from './format'
import { currentCursor, nextTrail, previousTrail } from './pages'

test('times are written in the workspace’s zone', () => {
  expect(formatTime('2026-11-20T18:30:00Z', 'Asia/Ho_Chi_Minh')).toBe('21/11/2026 01:30')
  expect(formatTime(1763663400000, 'Asia/Ho_Chi_Minh', true)).toBe('21/11/2025 01:30:00')
  for (const never of [undefined, null, 0, '', '0001-01-01T00:00:00Z', 'nonsense']) expect(formatTime(never)).toBe('')
})

test('money and lengths of time', () => {
  expect(formatMoney(1234567, 'vi')).toBe('1.234.567 ₫')
  expect(formatMoney(1234567, 'en')).toBe('1,234,567 ₫')
  expect(formatDuration(7500, 'vi')).toBe('2 giờ 5 phút')
  expect(formatDuration(3605, 'en')).toBe('1 h')
  expect(formatDuration(0, 'vi')).toBe('0 giây')
})

test('the trail of pages leads forth and back', () => {
  const two = nextTrail(nextTrail(undefined, 'aa'), 'bb')
  expect(currentCursor(two)).toBe('bb')
  expect(currentCursor(previousTrail(two))).toBe('aa')
  expect(previousTrail(previousTrail(two))).toBeUndefined()
})
