import { PlusOutlined } from '@ant-design/icons'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Radio, Select, Switch, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ConditionBuilder, ConditionPreview, everybody, isEverybody } from '@/components/condition'

import { segmentQuery, segmentsQuery } from '../choices'
import { at, audienceOf } from './draft'
import type { StepProps } from './Wizard'

interface AudienceStepProps extends StepProps {
  saving: boolean
  onNewSegment: () => void
}

/** Step 1: whom. Everybody, or the people of any of some segments; of these those who meet more conditions. */
export function AudienceStep({ draft, change, problems, saving, onNewSegment }: AudienceStepProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [extra, setExtra] = useState(!isEverybody(draft.condition))
  const found = useQuery(segmentsQuery(search))
  const chosen = useQueries({ queries: draft.segments.map((id) => segmentQuery(id)) })
  const known = new Map((found.data ?? []).map((s) => [s.id, s.name]))
  const names = draft.segments.map((id, i) => ({
    value: id,
    label: chosen[i]?.data?.name ?? known.get(id) ?? `#${id}`,
  }))
  const others = (found.data ?? [])
    .filter((s) => !draft.segments.includes(s.id))
    .map((s) => ({ value: s.id, label: s.name }))
  const mistakes = problems.filter((p) => /^(body\.)?audience\.segment_ids/.test(p.path)).map((p) => p.detail)
  const audience = audienceOf(draft)
  const groups = !draft.everyone && !draft.entry
  return (
    <div className="wizard-columns">
      <Form layout="vertical" component="div">
        <Form.Item>
          <Radio.Group
            aria-label={t('wizard.audience.who')}
            value={draft.entry ? 'entry' : draft.everyone ? 'everyone' : 'segments'}
            onChange={(e) => {
              change({ everyone: e.target.value === 'everyone', entry: e.target.value === 'entry' })
            }}
            options={[
              { value: 'segments', label: t('wizard.audience.segments') },
              { value: 'everyone', label: t('wizard.audience.everyone') },
              { value: 'entry', label: t('flow.entry.choice') },
            ]}
          />
        </Form.Item>
        {draft.entry && (
          <Alert
            type="info"
            showIcon
            title={t('flow.entry.title')}
            description={
              <>
                <p>{t('flow.entry.explain')}</p>
                <p>{t('flow.entry.api')}</p>
              </>
            }
          />
        )}
        {groups && (
          <Form.Item
            label={t('wizard.audience.choose')}
            htmlFor="wizard-segments"
            extra={t('wizard.audience.union')}
            validateStatus={mistakes.length > 0 ? 'error' : undefined}
            help={mistakes.length > 0 ? mistakes.join(' ') : undefined}
          >
            <Select<number[]>
              id="wizard-segments"
              aria-label={t('wizard.audience.choose')}
              mode="multiple"
              allowClear
              value={draft.segments}
              loading={found.isFetching}
              placeholder={t('wizard.audience.placeholder')}
              options={[...names, ...others]}
              showSearch={{ filterOption: false, searchValue: search, onSearch: setSearch }}
              notFoundContent={found.isFetching ? t('common.loading') : t('wizard.audience.none')}
              onChange={(segments) => {
                setSearch('')
                change({ segments })
              }}
            />
          </Form.Item>
        )}
        {groups && (
          <Form.Item>
            <Button icon={<PlusOutlined />} onClick={onNewSegment} loading={saving}>
              {t('wizard.audience.create')}
            </Button>
          </Form.Item>
        )}
        {!draft.entry && (
          <Form.Item label={t('wizard.audience.extra')} htmlFor="wizard-extra" extra={t('wizard.audience.extraHint')}>
            <Switch
              id="wizard-extra"
              checked={extra}
              onChange={(on) => {
                setExtra(on)
                if (!on) change({ condition: everybody })
              }}
            />
          </Form.Item>
        )}
        {extra && !draft.entry && (
          <ConditionBuilder
            value={draft.condition}
            problems={problems}
            emptyText={t('wizard.audience.noExtra')}
            onChange={(condition) => {
              change({ condition })
            }}
          />
        )}
        {at(problems, 'audience.condition').map((text) => (
          <Alert key={text} type="error" showIcon title={text} />
        ))}
      </Form>
      <aside className="wizard-aside" aria-label={t('wizard.audience.size')}>
        {audience ? (
          <ConditionPreview condition={audience} />
        ) : (
          <Typography.Text type="secondary">{!draft.entry && t('wizard.audience.empty')}</Typography.Text>
        )}
      </aside>
    </div>
  )
}
