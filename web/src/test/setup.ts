import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeEach } from 'vitest'

import { setLanguage } from '@/i18n'

// The machine may be busy.
configure({ asyncUtilTimeout: 6000 })

beforeEach(async () => {
  window.localStorage.clear()
  await setLanguage('vi')
})

afterEach(() => {
  cleanup()
})

// The UI kit asks for these; the test browser does not have them.
window.matchMedia ??= (query: string) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList
