import { expect, test } from 'vitest'

import vi from '@/i18n/vi/settings.json'

import { readAddresses } from './addresses'
import { nameOf } from './agent'
import { toClockTime } from './clockTime'
import { nouns } from './words'

test('addresses are found in lists, tables and files', () => {
  expect(
    readAddresses('\ufeffHọ tên,Điện thoại\nMai,0912 345 678\n"lan@shop.vn"\r\n\n0987654321; +84 90 111 2222'),
  ).toEqual(['Họ tên', '0912 345 678', 'lan@shop.vn', '0987654321', '+84 90 111 2222'])
})

test('times are read as people type them', () => {
  for (const [typed, want] of [
    ['8', '08:00'],
    ['8h30', '08:30'],
    ['2030', '20:30'],
    [' 7:5 ', '07:05'],
    ['25:00', '25:00'],
    ['trưa', 'trưa'],
  ] as const)
    expect(toClockTime(typed), typed).toBe(want)
})

test('browsers are named by program and system', () => {
  expect(
    nameOf(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
    ),
  ).toBe('Safari · iPhone')
  expect(nameOf('curl/8.5')).toBe('curl/8.5')
})

// That every act has its words is asked where the acts are: rules_test.go.
test('every noun of the audit log has acts with words, and the other way round', () => {
  const did: Record<string, Record<string, string>> = vi.settings.did
  expect(Object.keys(did).sort()).toEqual([...nouns].sort())
  for (const noun of nouns) expect(Object.values(did[noun] ?? {}).every(Boolean), noun).toBe(true)
})
