import { Button, Flex, Progress, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { formatMoney } from '@/lib/format'

import type { Campaign } from './api'
import { ForecastSummary } from './ForecastSummary'

/** What a campaign has cost so far, against its cap and, when asked for, against the forecast. */
export function CampaignCost(props: { campaign: Campaign; spent: number; sent: number; zone: string }) {
  const { t, i18n } = useTranslation()
  const { campaign, spent, sent, zone } = props
  const [compare, setCompare] = useState(false)
  const money = (n: number) => formatMoney(n, i18n.language)
  const cap = campaign.options.spend_cap ?? 0
  return (
    <Flex vertical gap={8} style={{ marginTop: 16, maxWidth: 640 }}>
      <Typography.Title level={3} style={{ fontSize: 16, margin: 0 }}>
        {t('cost.title')}
      </Typography.Title>
      <span>
        <strong>{t('cost.soFar', { cost: money(spent) })}</strong>
        {sent > 0 && ` · ${t('cost.each', { cost: money(Math.round(spent / sent)) })}`}
      </span>
      {cap > 0 && (
        <>
          <Progress
            percent={Math.min(100, Math.round((100 * spent) / cap))}
            status={spent >= cap ? 'exception' : 'normal'}
            aria-label={t('cost.ofCap', { cost: money(spent), cap: money(cap) })}
          />
          <Typography.Text type="secondary">{t('cost.ofCap', { cost: money(spent), cap: money(cap) })}</Typography.Text>
        </>
      )}
      {compare ? (
        <>
          <Typography.Text type="secondary">{t('cost.forecastHint')}</Typography.Text>
          <ForecastSummary id={campaign.id} zone={zone} />
        </>
      ) : (
        <span>
          <Button
            size="small"
            onClick={() => {
              setCompare(true)
            }}
          >
            {t('cost.compare')}
          </Button>
        </span>
      )}
    </Flex>
  )
}
