import { useQuery } from '@tanstack/react-query'
import { Alert, Form, Select, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { DurationField } from '@/components/ui/DurationField'

import type { EditorProps } from '../editors'
import { useRested } from '../useRested'
import { longest } from '../wait/content'
import { entriesQuery, startedQuery } from './api'
import type { StartFlowContent } from './content'

/** Which campaign people enter, and how long it waits before its first step. */
export function StartFlowEditor({ value, onChange, problems }: EditorProps<StartFlowContent>) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const search = useRested(typed, 250)
  const found = useQuery(entriesQuery(search))
  const chosen = useQuery(startedQuery(value.campaign_id))
  const options = (found.data ?? []).map((c) => ({
    value: c.id,
    label: `${c.name || t('campaigns.unnamed')} (${t(`state.${c.state}`)})`,
  }))
  if (value.campaign_id > 0 && !options.some((o) => o.value === value.campaign_id))
    options.unshift({ value: value.campaign_id, label: chosen.data?.name ?? `#${value.campaign_id}` })
  const c = chosen.data
  const wrong = problems?.campaign_id
  return (
    <Form layout="vertical" component="div">
      <Typography.Paragraph type="secondary">{t('flow.start.lead')}</Typography.Paragraph>
      <Form.Item
        label={t('flow.start.campaign')}
        htmlFor="start-campaign"
        required
        extra={t('flow.start.hint')}
        validateStatus={wrong ? 'error' : undefined}
        help={wrong}
      >
        <Select<number>
          id="start-campaign"
          aria-label={t('flow.start.campaign')}
          value={value.campaign_id || undefined}
          loading={found.isFetching}
          placeholder={t('flow.start.placeholder')}
          options={options}
          showSearch={{ filterOption: false, onSearch: setTyped }}
          notFoundContent={found.isFetching ? t('common.loading') : t('flow.start.none')}
          onChange={(campaign_id) => {
            setTyped('')
            onChange({ ...value, campaign_id })
          }}
        />
      </Form.Item>
      {c && c.state !== 'running' && (
        <Alert type="warning" showIcon title={t('flow.start.notRunning')} style={{ marginBottom: 16 }} />
      )}
      <Form.Item label={t('flow.start.after')} htmlFor="start-after" extra={t('flow.start.afterHint')}>
        <DurationField
          id="start-after"
          label={t('flow.start.after')}
          min={0}
          value={value.after_seconds ?? 0}
          max={longest}
          onChange={(seconds) => {
            onChange({ ...value, after_seconds: seconds || undefined })
          }}
        />
      </Form.Item>
    </Form>
  )
}
