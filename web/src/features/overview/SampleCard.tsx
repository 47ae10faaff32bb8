import { ExperimentOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Flex, Progress, Typography } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'

import { sampleQuery, useMakeSample } from './api'

/** Fills the workspace with sample data at one click, or says how that becomes possible. */
export function SampleCard() {
  const { t } = useTranslation()
  const confirm = useConfirm()
  const queries = useQueryClient()
  const sample = useQuery(sampleQuery)
  const make = useMakeSample()
  const state = sample.data?.state
  const before = useRef(state)
  useEffect(() => {
    // Everything that is shown anywhere may have changed.
    if (before.current === 'running' && state === 'finished')
      void queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'session' && q.queryKey[0] !== 'sample' })
    before.current = state
  }, [state, queries])
  if (!sample.data) return null
  const { refusal, done, steps, people, campaign_id: campaign } = sample.data
  if (state === 'running')
    return (
      <div role="status">
        <Typography.Text>{t('overview.sample.running')}</Typography.Text>
        <Progress percent={Math.round((100 * done) / steps)} aria-label={t('overview.sample.running')} />
      </div>
    )
  if (state === 'finished')
    return campaign ? (
      <Alert
        type="success"
        showIcon
        title={t('overview.sample.finished')}
        action={
          <Link to="/campaigns/$id" params={{ id: campaign }} search={{}}>
            {t('overview.sample.open')}
          </Link>
        }
      />
    ) : null
  if (refusal === 'sample.real_connections' || refusal === 'sample.exists') return null
  if (refusal === 'sample.unavailable')
    return <Typography.Text type="secondary">{t('overview.sample.unavailable')}</Typography.Text>
  return (
    <Flex vertical gap={8} align="start">
      {state === 'failed' && <Alert type="error" showIcon title={t('overview.sample.failed')} />}
      <Typography.Text type="secondary">{t('overview.sample.hint')}</Typography.Text>
      <Button
        icon={<ExperimentOutlined />}
        loading={make.isPending}
        onClick={() => {
          confirm({
            title: t('overview.sample.fill'),
            text: t('overview.sample.what', { people }),
            ok: t('overview.sample.fill'),
            action: () => make.mutateAsync(),
          })
        }}
      >
        {t('overview.sample.fill')}
      </Button>
    </Flex>
  )
}
