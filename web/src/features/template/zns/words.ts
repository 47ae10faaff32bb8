import { useTranslation } from 'react-i18next'

import { isTag, zaloStates } from '@/lib/zalo'

import type { ZaloTemplate } from './content'

const qualities = ['HIGH', 'MEDIUM', 'LOW', 'UNDEFINED'] as const

/** Says Zalo's words in the language of the page; a newer word is shown as it came. */
export function useZaloWords() {
  const { t } = useTranslation()
  return {
    state: (z: ZaloTemplate): string => {
      if (z.gone) return t('templates.zns.gone')
      const known = zaloStates.find((s) => s === z.status)
      if (known === 'ENABLE' && !z.sendable) return t('templates.zns.unread')
      return known ? t(`templates.zns.states.${known}`) : z.status
    },
    quality: (word: string): string => {
      const known = qualities.find((q) => q === word)
      return known ? t(`templates.zns.qualities.${known}`) : word
    },
    tag: (word: string): string => {
      if (isTag(word)) return t(`templates.zns.tags.${word}`)
      return word || t('common.never')
    },
  }
}
