import { CheckCircleFilled, CloseOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Card, Progress } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Steps } from './api'
import './overview.css'

export const stepNames = ['connection', 'customers', 'segment', 'template', 'campaign', 'sent'] as const
type StepName = (typeof stepNames)[number]

const places = {
  connection: '/connections/new',
  customers: '/contacts/import',
  segment: '/segments/new',
  template: '/templates/new',
  campaign: '/campaigns/new',
} as const

/** Leads to the first sent broadcast; every step is read from what is there. */
export function Checklist({
  steps,
  onDismiss,
  children,
}: {
  steps: Steps
  onDismiss: () => void
  children?: ReactNode
}) {
  const { t } = useTranslation()
  const done = stepNames.filter((name) => steps[name]).length
  const next = stepNames.find((name) => !steps[name])
  return (
    <Card
      title={<h2 className="card-title">{t('overview.start')}</h2>}
      extra={
        <Button type="text" icon={<CloseOutlined />} onClick={onDismiss}>
          {t('overview.dismiss')}
        </Button>
      }
    >
      <Progress
        percent={Math.round((100 * done) / stepNames.length)}
        format={() => t('overview.stepsDone', { done, all: stepNames.length })}
        aria-label={t('overview.stepsDone', { done, all: stepNames.length })}
      />
      <ol className="checklist">
        {stepNames.map((name, i) => (
          <li key={name}>
            {steps[name] ? (
              <CheckCircleFilled style={{ color: '#389e0d', fontSize: 20 }} aria-label={t('overview.stepDone')} />
            ) : (
              <span className="step-number" aria-hidden>
                {i + 1}
              </span>
            )}
            <div className="what">
              <div className={name === next ? 'strong' : undefined}>{t(`overview.step.${name}.title`)}</div>
              {name === next && <small>{t(`overview.step.${name}.hint`)}</small>}
            </div>
            {!steps[name] && <Go name={name} campaign={steps.campaign_id} primary={name === next} />}
          </li>
        ))}
      </ol>
      {children}
    </Card>
  )
}

function Go({ name, campaign, primary }: { name: StepName; campaign?: number; primary: boolean }) {
  const { t } = useTranslation()
  const className = primary ? 'go primary' : 'go'
  if (name !== 'sent')
    return (
      <Link to={places[name]} className={className}>
        {t(`overview.step.${name}.go`)}
      </Link>
    )
  if (!campaign) return null
  return (
    <Link to="/campaigns/$id" params={{ id: campaign }} search={{}} className={className}>
      {t('overview.step.sent.go')}
    </Link>
  )
}
