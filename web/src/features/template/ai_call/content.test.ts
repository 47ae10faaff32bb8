import { expect, test } from 'vitest'

import { type CallContent, emptyCall, noRefusal, pressable, showable, twice, unfinished } from './content'

const key = { digits: '1', label: 'Quan tâm' }

test.each<[string, CallContent, boolean]>([
  ['new', emptyCall, true],
  ['a script', { script: 'Chào' }, false],
  ['a question without words', { script: 'Chào', keys: { prompt: ' ', list: [key] } }, true],
  ['a question', { script: 'Chào', keys: { prompt: 'Bấm 1', list: [key] } }, false],
  ['no keys', { script: 'Chào', keys: { prompt: 'Bấm 1', list: [] } }, true],
  ['a key without a meaning', { script: 'Chào', keys: { prompt: 'Bấm 1', list: [{ digits: '1', label: '' }] } }, true],
  ['the same key twice', { script: 'Chào', keys: { prompt: 'Bấm 1', list: [key, key] } }, true],
  ['two digits of one', { script: 'Chào', keys: { prompt: 'x', list: [{ digits: '12', label: 'x' }] } }, true],
  ['two of two', { script: 'Chào', keys: { prompt: 'x', max_digits: 2, list: [{ digits: '12', label: 'x' }] } }, false],
])('%s', (_, content, want) => {
  expect(unfinished(content)).toBe(want)
})

test('keys of a telephone only', () => {
  expect(['0', '9', '*', '#'].every((d) => pressable(d))).toBe(true)
  expect(['', 'A', '10', ' '].some((d) => pressable(d))).toBe(false)
  expect(
    twice(
      [
        { digits: '', label: '' },
        { digits: '', label: '' },
      ],
      1,
    ),
  ).toBe(false)
})

test('shows the script while the keys are being written, and sees a missing refusal', () => {
  expect(showable(emptyCall)).toBeUndefined()
  expect(showable({ script: 'Chào', keys: { prompt: '', list: [] } })).toEqual({ script: 'Chào', keys: undefined })
  expect(noRefusal({ script: 'Chào' })).toBe(true)
  expect(noRefusal({ script: 'x', keys: { prompt: 'x', list: [{ ...key, opt_out: true }] } })).toBe(false)
})
