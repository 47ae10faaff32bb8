import { useTranslation } from 'react-i18next'

import { channels, isAct } from './channels'

/** Names a channel; one that this version does not know is shown as it came. */
export function useChannel() {
  const { t } = useTranslation()
  return (channel: string): string => {
    const known = channels.find((c) => c === channel)
    return known ? t(`channel.${known}`) : channel
  }
}

/** Names the channels of a campaign in order: "ZNS → SMS → Email". */
export function useChannels() {
  const name = useChannel()
  return (legs: { channel: string }[] | null | undefined): string =>
    legs?.map((l) => name(l.channel)).join(' → ') || '–'
}

/** Names a leg by its rank. What stands behind a wait is no fallback, so the legs of a campaign with one are its steps. */
export function useRank(legs?: readonly { channel: string }[] | null) {
  const { t } = useTranslation()
  const steps = legs?.some((l) => l.channel === 'wait')
  return (rank: number): string => {
    if (steps) return t('flow.step', { number: rank + 1 })
    return rank === 0 ? t('campaign.main') : t('campaign.fallback', { rank })
  }
}

const facts = [
  'requested',
  'accepted',
  'delivered',
  'opened',
  'clicked',
  'answered',
  'failed',
  'bounced',
  'complained',
  'unsubscribed',
] as const

/** Says what happened to a message; where a channel has a word of its own for it, with that. */
export function useFact() {
  const { t, i18n } = useTranslation()
  return (fact: string, channel = ''): string => {
    const known = facts.find((f) => f === fact)
    if (!known) return fact
    const own = `factOf.${isAct(channel) ? 'act' : channel}.${known}`
    return i18n.exists(own) ? t(own as 'factOf.act.delivered') : t(`fact.${known}`)
  }
}

const classes = [
  'accepted',
  'refused',
  'temporary',
  'rate_limited',
  'recipient',
  'content',
  'auth',
  'balance',
  'unknown',
] as const

/** Says what a call to a provider brought. */
export function useAttemptClass() {
  const { t } = useTranslation()
  return (result: string): string => {
    const known = classes.find((c) => c === result)
    return known ? t(`attemptClass.${known}`) : result
  }
}

const outcomes = ['left_out', 'not_started', 'not_enlisted_yet', 'joined_later', 'erased'] as const

/** Names an outcome that is no status of a message; undefined when it is one. */
export function useOutcome() {
  const { t } = useTranslation()
  return (outcome: string): string | undefined => {
    const known = outcomes.find((o) => o === outcome)
    return known && t(`outcome.${known}`)
  }
}
