import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'

import { statusColours } from '@/components/ui/status'
import { useStatusWord } from '@/components/ui/statusWords'
import { formatNumber } from '@/lib/format'

import { progressOf } from './api'

interface CampaignProgressProps {
  counts: Record<string, number>
  /** The channels of the campaign, for their words. */
  channels?: string[]
  small?: boolean
  /** People who wait for their next step. */
  resting?: number
}

/** A bar of the seven states that add up to all messages, with the number of people that are done in words. */
export function CampaignProgress({ counts, channels, small, resting }: CampaignProgressProps) {
  const { t, i18n } = useTranslation()
  const word = useStatusWord()
  const { total, done, parts } = progressOf(counts, resting)
  const sum = parts.reduce((a, p) => a + p.n, 0)
  const label = t('campaign.progress', { done, total })
  return (
    <div className={small ? 'progress small' : 'progress'}>
      <div
        className="bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
      >
        {parts
          .filter((p) => p.n > 0)
          .map((p) => (
            <Tooltip key={p.status} title={`${word(p.status, channels)}: ${formatNumber(p.n, i18n.language)}`}>
              <span style={{ width: `${(100 * p.n) / sum}%`, background: statusColours[p.status] }} />
            </Tooltip>
          ))}
      </div>
      <small>{label}</small>
    </div>
  )
}
