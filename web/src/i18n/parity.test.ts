import { expect, test } from 'vitest'

import en from './en'
import vi from './vi'

type Tree = { [key: string]: string | Tree }

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const out = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') out.set(prefix + key, value)
    else for (const [k, v] of flatten(value, `${prefix}${key}.`)) out.set(k, v)
  }
  return out
}

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1]).sort()

test('both languages have the same keys, none empty', () => {
  const a = flatten(vi)
  const b = flatten(en)
  expect([...b.keys()].sort()).toEqual([...a.keys()].sort())
  for (const [key, text] of [...a, ...b]) expect(text.trim(), key).not.toBe('')
})

test('both languages fill in the same values', () => {
  const b = flatten(en)
  for (const [key, text] of flatten(vi)) expect(placeholders(b.get(key) ?? ''), key).toEqual(placeholders(text))
})

test('no feature takes a top-level key of another', () => {
  const files = import.meta.glob<{ default: Tree }>('./vi/*.json', { eager: true })
  const keys = Object.values(files).flatMap((file) => Object.keys(file.default))
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
  expect(Object.keys(vi).sort()).toEqual(keys.sort())
})
