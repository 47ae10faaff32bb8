import { useTranslation } from 'react-i18next'

import { isAct } from '@/lib/channels'

import { statuses } from './status'

/**
 * Says a status as the status table does for its channel: "Gửi thành công" for a call, "Đã nhận" for a message. The table is i18n/…/statuses.json: what is not there has
 * the word that most channels share. Of several channels every word is said once.
 */
export function useStatusWord() {
  const { t, i18n } = useTranslation()
  return (status: string, channels: string | readonly string[] = []): string => {
    const known = statuses.find((s) => s === status)
    if (!known) return status
    const words = (typeof channels === 'string' ? [channels] : channels).map((channel) => {
      const own = `statusOf.${channel}.${known}`
      return i18n.exists(own) ? t(own as 'statusOf.email.failed') : t(`status.${known}`)
    })
    return words.length > 0 ? [...new Set(words)].join(' / ') : t(`status.${known}`)
  }
}

const family = (channel: string) => (isAct(channel) ? 'act' : channel)

/** Says what a status proves. */
export function useStatusHint() {
  const { t, i18n } = useTranslation()
  return (status: string, channels: readonly string[] = []): string => {
    const known = statuses.find((s) => s === status)
    if (!known) return ''
    const hints = channels.map((channel) => {
      const own = `statusHintOf.${family(channel)}.${known}`
      return i18n.exists(own) ? t(own as 'statusHintOf.act.sent') : t(`statusHint.${known}`)
    })
    return hints.length > 0 ? [...new Set(hints)].join(' ') : t(`statusHint.${known}`)
  }
}
