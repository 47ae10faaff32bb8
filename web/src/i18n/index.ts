import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

import en from './en.json'
import vi from './vi.json'

/** The languages of the app; Vietnamese is the default. */
export const languages = ['vi', 'en'] as const
export type Language = (typeof languages)[number]

const stored = 'loa.language'

export function storedLanguage(): Language {
  return window.localStorage.getItem(stored) === 'en' ? 'en' : 'vi'
}

/** Switches every text at once, remembers the choice on this device and tells screen readers. */
export async function setLanguage(language: Language) {
  window.localStorage.setItem(stored, language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

export const i18n = i18next

void i18next.use(initReactI18next).init({
  resources: { vi: { translation: vi }, en: { translation: en } },
  lng: storedLanguage(),
  fallbackLng: 'vi',
  // React escapes what it shows.
  interpolation: { escapeValue: false },
  returnNull: false,
})
document.documentElement.lang = storedLanguage()
