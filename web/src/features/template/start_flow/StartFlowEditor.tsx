import { useQuery } from '@tanstack/react-query'
import { Alert, Form, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { DurationField } from '@/components/ui/DurationField'

import type { EditorProps } from '../editors'
import { Choice } from '../parts/Choice'
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
  return (
    <Form layout="vertical" component="div">
      <Typography.Paragraph type="secondary">{t('flow.start.lead')}</Typography.Paragraph>
      <Choice<number>
        path="campaign_id"
        label={t('flow.start.campaign')}
        hint={t('flow.start.hint')}
        required
        value={value.campaign_id || undefined}
        loading={found.isFetching}
        placeholder={t('flow.start.placeholder')}
        empty={found.isFetching ? t('common.loading') : t('flow.start.none')}
        problem={problems?.campaign_id}
        options={options}
        onSearch={setTyped}
        onChange={(campaign_id) => {
          setTyped('')
          onChange({ ...value, campaign_id })
        }}
      />
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
