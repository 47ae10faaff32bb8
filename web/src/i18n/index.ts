import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

/** The languages of the app; Vietnamese is the default. */
export const languages = ['vi', 'en'] as const
export type Language = (typeof languages)[number]

const stored = 'loa.language'

// Only the texts of the language in use are loaded.
const texts = { vi: () => import('./vi'), en: () => import('./en') }

export function storedLanguage(): Language {
  return window.localStorage.getItem(stored) === 'en' ? 'en' : 'vi'
}

async function load(language: Language) {
  if (i18next.hasResourceBundle(language, 'translation')) return
  i18next.addResourceBundle(language, 'translation', (await texts[language]()).default)
}

/** Switches every text at once, remembers the choice on this device and tells screen readers. */
export async function setLanguage(language: Language) {
  window.localStorage.setItem(stored, language)
  await load(language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

export const i18n = i18next

/** Loads the texts of the stored language; nothing is shown before. */
export async function startLanguage() {
  const language = storedLanguage()
  await load(language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

void i18next.use(initReactI18next).init({
  resources: {},
  lng: storedLanguage(),
  fallbackLng: false,
  // React escapes what it shows.
  interpolation: { escapeValue: false },
  returnNull: false,
})
