import { useQuery } from '@tanstack/react-query'
import { Alert, Form, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { FieldProblem } from '@/api/problem'
import { channels, isBuiltin, serves } from '@/lib/channels'
import { useChannel } from '@/lib/words'

import { connectionsQuery, previewQuery, templatesQuery } from '../choices'
import { at, type DraftLeg } from './draft'
import { TemplatePreview } from './TemplatePreview'

interface LegFieldsProps {
  leg: DraftLeg
  index: number
  problems: readonly FieldProblem[]
  onChange: (part: Partial<DraftLeg>) => void
}

/** Channel, connection and template of one leg, with the template filled in by made-up data. */
export function LegFields({ leg, index, problems, onChange }: LegFieldsProps) {
  const { t } = useTranslation()
  const name = useChannel()
  const id = useId()
  const [search, setSearch] = useState('')
  const connections = useQuery(connectionsQuery)
  const templates = useQuery(templatesQuery(leg.channel, search))
  const chosen = useQuery({ ...previewQuery(leg.template ?? 0, leg.channel), enabled: leg.template !== undefined })
  const path = `legs[${index}]`
  const field = (key: string) => {
    const texts = at(problems, `${path}.${key}`)
    return texts.length > 0 ? { validateStatus: 'error' as const, help: texts.join(' ') } : {}
  }
  const fitting = (connections.data ?? []).filter((c) => serves(c, leg.channel))
  const connection = fitting.find((c) => c.id === leg.connection)
  const listed = (templates.data ?? []).map((x) => ({ value: x.id, label: x.name }))
  const options =
    leg.template !== undefined && !listed.some((o) => o.value === leg.template)
      ? [{ value: leg.template, label: chosen.data?.name ?? `#${leg.template}` }, ...listed]
      : listed
  return (
    <>
      <div className="wizard-leg-fields">
        <Form.Item label={t('wizard.channels.channel')} htmlFor={`${id}c`} {...field('channel')}>
          <Select
            id={`${id}c`}
            aria-label={t('wizard.channels.channel')}
            value={leg.channel}
            options={channels.map((c) => ({ value: c, label: name(c) }))}
            onChange={(channel) => {
              onChange({ channel, connection: undefined, template: undefined })
            }}
          />
        </Form.Item>
        {!isBuiltin(leg.channel) && (
          <Form.Item label={t('wizard.channels.connection')} htmlFor={`${id}k`} {...field('connection_id')}>
            <Select<number>
              id={`${id}k`}
              aria-label={t('wizard.channels.connection')}
              value={leg.connection}
              loading={connections.isPending}
              placeholder={t('wizard.channels.connectionPlaceholder')}
              options={fitting.map((c) => ({
                value: c.id,
                label: c.state === 'active' ? c.name : t(`wizard.channels.${c.state}`, { name: c.name }),
                disabled: c.state === 'disabled',
              }))}
              notFoundContent={t('wizard.channels.noConnection', { channel: name(leg.channel) })}
              onChange={(value) => {
                onChange({ connection: value })
              }}
            />
          </Form.Item>
        )}
        <Form.Item label={t('wizard.channels.template')} htmlFor={`${id}t`} {...field('template_id')}>
          <Select<number>
            id={`${id}t`}
            aria-label={t('wizard.channels.template')}
            value={leg.template}
            loading={templates.isFetching}
            placeholder={t('wizard.channels.templatePlaceholder')}
            options={options}
            showSearch={{ filterOption: false, onSearch: setSearch }}
            notFoundContent={t('wizard.channels.noTemplate', { channel: name(leg.channel) })}
            onChange={(value) => {
              setSearch('')
              onChange({ template: value })
            }}
          />
        </Form.Item>
      </div>
      {connection?.state === 'held' && (
        <Alert
          type="warning"
          showIcon
          title={t('wizard.channels.heldNow')}
          description={connection.held_reason_text}
          style={{ marginBottom: 12 }}
        />
      )}
      {leg.template !== undefined && <TemplatePreview preview={chosen} channel={leg.channel} />}
    </>
  )
}
