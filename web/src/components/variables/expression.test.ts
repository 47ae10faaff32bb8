import { expect, test } from 'vitest'

import { bare, type Expression, read, write } from './expression'

test.each<[Expression, string]>([
  [{ path: 'contact.name' }, '{{ contact.name }}'],
  [{ path: 'contact.name', fallback: 'bạn' }, '{{ contact.name | default: "bạn" }}'],
  [
    { path: 'contact.attrs.total', format: 'money_vnd', fallback: '0 đ' },
    '{{ contact.attrs.total | money_vnd | default: "0 đ" }}',
  ],
  [{ path: 'contact.birthday', format: 'date' }, '{{ contact.birthday | date: "dd/MM/yyyy" }}'],
])('%o is written as %s and read back', (expression, text) => {
  expect(write(expression)).toBe(text)
  expect(read(text)).toEqual({ format: undefined, fallback: undefined, ...expression })
})

test('a replacement cannot break out of its quotes', () => {
  expect(write({ path: 'contact.name', fallback: 'anh "A"}}{%if' })).toBe(`{{ contact.name | default: 'anh "A" %if' }}`)
  expect(write({ path: 'contact.name', fallback: `"'` })).toBe(`{{ contact.name | default: "'" }}`)
})

test('other texts are not read as one value', () => {
  for (const text of [
    '',
    'Chào',
    'Chào {{ contact.name }}',
    '{{ contact.name | replace: "a", "b" }}',
    '{{ contact.name | upcase | title }}',
  ])
    expect(read(text)).toBeUndefined()
})

test('finds values without a replacement', () => {
  expect(
    bare('Chào {{ contact.name }} {{ contact.attrs.tier | default: "x" }} {{ now }} {{ params.code | upcase }}'),
  ).toEqual(['contact.name', 'params.code'])
})
