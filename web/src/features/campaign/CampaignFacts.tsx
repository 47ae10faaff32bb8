import { Alert, Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatMoney, formatTime } from '@/lib/format'
import { useChannels } from '@/lib/words'

import type { Campaign } from './api'
import { useGap } from './words'

const reasons = ['person', 'late_start', 'spend_cap', 'breaker', 'restored'] as const
/** When, on which channels, for which purpose; why it is paused and what is missing. */
export function CampaignFacts({ campaign: c, zone }: { campaign: Campaign; zone: string }) {
  const { t, i18n } = useTranslation()
  const channels = useChannels()
  const reason = reasons.find((r) => r === c.state_reason)
  const gap = useGap()
  const missing = (c.missing ?? []).map(gap)
  const items = [
    ...(c.audience.entry
      ? [{ key: 'audience', label: t('flow.entry.audience'), children: t('flow.entry.choice') }]
      : []),
    { key: 'channels', label: t('campaigns.channels'), children: channels(c.legs) },
    { key: 'purpose', label: t('campaign.purpose'), children: t(`purpose.${c.purpose}`) },
    {
      key: 'schedule',
      label: t('campaign.scheduleAt'),
      children: formatTime(c.schedule_at, zone) || t('campaign.startNow'),
    },
    { key: 'start', label: t('campaign.startedAt'), children: formatTime(c.started_at, zone) || t('common.never') },
    { key: 'end', label: t('campaign.finishedAt'), children: formatTime(c.finished_at, zone) || t('common.never') },
    { key: 'cost', label: t('campaign.cost'), children: formatMoney(c.spent, i18n.language) },
  ]
  return (
    <>
      {c.state === 'paused' && (reason ?? c.state_reason) && (
        <Alert type="warning" showIcon title={reason ? t(`stateReason.${reason}`) : c.state_reason} />
      )}
      {missing.length > 0 && (
        <Alert type="info" showIcon title={t('campaign.missing')} description={missing.join(' · ')} />
      )}
      <Descriptions size="small" column={{ xs: 1, sm: 2, lg: 3 }} items={items} />
    </>
  )
}
