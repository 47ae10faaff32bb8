import { expect, test } from 'vitest'

import { openSecretAddress, secret } from './secret'

test('other addresses stay as they are', () => {
  window.history.replaceState(null, '', '/#/elsewhere?token=abc')
  openSecretAddress()
  expect(window.location.pathname).toBe('/')
  expect(secret()).toBe('')
})

test('a one-time address opens its page and the secret leaves the address bar', () => {
  window.history.replaceState(null, '', '/#/link?token=abc234')
  openSecretAddress()
  expect(window.location.href).toMatch(/\/link$/)
  expect(secret()).toBe('abc234')
})
