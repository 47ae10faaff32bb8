import { expect, test } from 'vitest'

import { emptyHTTP, harmless, type HTTPContent, pretty, showable, unfinished, withMethod } from './content'

const get: HTTPContent = { method: 'GET', path: '/customers' }

test.each<[string, HTTPContent, boolean]>([
  ['new', emptyHTTP, false],
  ['no path', { ...get, path: '' }, true],
  ['another host', { ...get, path: '//evil.example/x' }, true],
  ['fragment', { ...get, path: '/a#b' }, true],
  ['body of a GET', { ...get, body: '{}' }, true],
  ['header without a name', { ...get, headers: [{ name: '', value: 'x' }] }, true],
  ['header', { ...get, headers: [{ name: 'X-Shop', value: 'hoa' }] }, false],
  ['nothing to save it to', { ...get, save: { '': '/code' } }, true],
  ['place without a slash', { ...get, save: { ma_kh: 'code' } }, true],
  ['saved', { ...get, save: { ma_kh: '/customer/code', all: '' } }, false],
])('%s', (_, content, want) => {
  expect(unfinished(content)).toBe(want)
})

test('a GET has no body, and the body comes back with the next method', () => {
  const post: HTTPContent = { method: 'POST', path: '/x', body: '{"a":1}', repeat: true }
  const asked = withMethod(post, 'GET', undefined)
  expect(asked).toMatchObject({ method: 'GET', body: undefined, repeat: undefined })
  expect(withMethod(asked, 'PUT', '{"a":1}').body).toBe('{"a":1}')
  expect([harmless('PUT'), harmless('PATCH')]).toEqual([true, false])
})

test('shows what can be shown', () => {
  expect(showable({ ...get, headers: [{ name: '', value: '' }], save: { '': 'x' } })).toMatchObject({ headers: [] })
  expect(showable({ ...get, path: 'x' })).toBeUndefined()
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(pretty('a=1')).toBe('a=1')
})
