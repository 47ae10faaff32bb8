import { useTranslation } from 'react-i18next'

const channels = ['email', 'zns', 'sms', 'zalo_oa', 'messenger', 'ai_call'] as const

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

/** Names a leg by its rank. */
export function useRank() {
  const { t } = useTranslation()
  return (rank: number): string => (rank === 0 ? t('campaign.main') : t('campaign.fallback', { rank }))
}
