import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Flex } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { formatMoney, formatTime } from '@/lib/format'
import { useChannel, useChannels } from '@/lib/words'

import { type Behind, type Campaign, forecastQuery } from '../api'
import { BehindDrawer } from '../BehindDrawer'
import { ForecastTable } from '../ForecastTable'
import { useActivate } from '../useActivate'
import { useNames } from '../useNames'
import { type Draft, type Step, stepOf } from './draft'

interface ReviewStepProps {
  campaign: Campaign
  draft: Draft
  zone: string
  onStep: (step: Step) => void
  onDone: (campaign: Campaign) => void
}

/** Step 4: what it says, whom it would reach and what it may cost; then the activation. */
export function ReviewStep({ campaign, draft, zone, onStep, onDone }: ReviewStepProps) {
  const { t, i18n } = useTranslation()
  const channels = useChannels()
  const channel = useChannel()
  const can = useCan()
  const activation = useActivate(campaign)
  const forecast = useQuery(forecastQuery(campaign.id))
  const [behind, setBehind] = useState<Behind>()
  const names = useNames(draft)
  if (forecast.isPending) return <Loading />
  if (forecast.isError) return <Failure error={forecast.error} retry={() => void forecast.refetch()} />
  const f = forecast.data
  const problems = f.problems ?? []
  const when = formatTime(campaign.schedule_at, zone)
  const cost = formatMoney(f.cost_vnd, i18n.language)
  const most = formatMoney(f.cost_max_vnd, i18n.language)
  const edit = (step: Step) => (
    <Button
      type="link"
      size="small"
      aria-label={`${t('common.edit')}: ${t(`wizard.step.${step}`)}`}
      onClick={() => {
        onStep(step)
      }}
    >
      {t('common.edit')}
    </Button>
  )
  const activate = () => {
    activation(
      <>
        <p>{when ? t('action.activateLater', { time: when }) : t('action.activateNow')}</p>
        <p>
          {t('wizard.review.willReach', { count: f.will_send })}{' '}
          {f.cost_max_vnd > f.cost_vnd
            ? t('wizard.review.costRange', { min: cost, max: most })
            : t('wizard.review.costs', { cost })}
        </p>
      </>,
      onDone,
    )
  }
  return (
    <Flex vertical gap={16}>
      {problems.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('wizard.review.problems', { count: problems.length })}
          description={
            <ul className="review-list">
              {problems.map((p, i) => (
                <li key={`${p.path} ${p.code} ${i}`}>
                  {p.detail}{' '}
                  <Button
                    type="link"
                    size="small"
                    onClick={() => {
                      onStep(stepOf(p))
                    }}
                  >
                    {t('wizard.goTo', { step: t(`wizard.step.${stepOf(p)}`) })}
                  </Button>
                </li>
              ))}
            </ul>
          }
        />
      )}
      <div className="review-cards">
        <Card size="small" title={<h3 className="card-title">{t('wizard.step.audience')}</h3>} extra={edit('audience')}>
          {draft.entry
            ? t('flow.entry.choice')
            : draft.everyone
              ? t('wizard.audience.everyone')
              : names.join(' + ') || t('missing.campaign_missing_audience')}
          {campaign.audience.condition !== undefined && <div>{t('wizard.review.extra')}</div>}
        </Card>
        <Card size="small" title={<h3 className="card-title">{t('wizard.step.channels')}</h3>} extra={edit('channels')}>
          <div>{channels(campaign.legs)}</div>
          <div>{t(`purpose.${campaign.purpose}`)}</div>
          {(campaign.legs ?? []).map((l, i) =>
            l.fallback_after_seconds ? (
              <div key={i}>
                {t(l.channel === 'ai_call' ? 'callWizard.review' : 'wizard.review.silent', {
                  channel: channel(l.channel),
                  minutes: Math.round(l.fallback_after_seconds / 60),
                })}
              </div>
            ) : null,
          )}
        </Card>
        <Card size="small" title={<h3 className="card-title">{t('wizard.step.time')}</h3>} extra={edit('time')}>
          <div>{campaign.name || t('campaigns.unnamed')}</div>
          <div>{when || t('campaign.startNow')}</div>
          {campaign.options.window && (
            <div>
              {t('wizard.time.window')}: {campaign.options.window.from}–{campaign.options.window.to}
            </div>
          )}
          {campaign.options.spend_cap ? (
            <div>
              {t('wizard.time.spendCap')}: {formatMoney(campaign.options.spend_cap, i18n.language)}
            </div>
          ) : null}
        </Card>
      </div>
      <ForecastTable forecast={f} zone={zone} onOpen={setBehind} />
      <Flex gap={8} wrap>
        {can('marketer') && (
          <Button type="primary" size="large" disabled={problems.length > 0} onClick={activate}>
            {t('action.activate')}
          </Button>
        )}
        <Button
          size="large"
          onClick={() => {
            onDone(campaign)
          }}
        >
          {t('wizard.review.later')}
        </Button>
      </Flex>
      <BehindDrawer
        campaign={campaign.id}
        behind={behind}
        legs={campaign.legs ?? []}
        onClose={() => {
          setBehind(undefined)
        }}
      />
    </Flex>
  )
}
