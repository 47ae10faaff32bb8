import { expect, test } from 'vitest'

import { labelled, marked, plain, refusable } from './content'

test('marks go, variables stay', () => {
  expect(plain('Chào {{ contact.name | default: "quý khách" }}, đơn đã giao')).toBe(
    'Chao {{ contact.name | default: "quý khách" }}, don da giao',
  )
  expect(marked('Chao {{ contact.name | default: "quý khách" }}')).toBe(false)
  expect(marked('Đơn')).toBe(true)
})

test('knows adverts by their label and their way out', () => {
  expect(labelled(' [QC] Giam gia')).toBe(true)
  expect(labelled('Giam gia [QC]')).toBe(false)
  for (const text of ['… De tu choi, soan TC gui 8011', 'Từ chối: soạn TC', 'Huy: 1900'])
    expect(refusable(text)).toBe(true)
  expect(refusable('Cam on quy khach')).toBe(false)
})
