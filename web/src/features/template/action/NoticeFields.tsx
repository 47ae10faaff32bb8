import { useQuery } from '@tanstack/react-query'
import { Form, Input, Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { connectionsQuery } from '../api'
import { Field } from '../parts/Field'
import { Choice } from '../parts/Choice'
import { idOf } from '../parts/Field'
import { goodAddress, limits, type Notice, withVia } from './content'

interface NoticeFieldsProps {
  value: Notice
  problems: Partial<Record<string, string>>
  onChange: (value: Notice) => void
}

/** Whom of the shop a notice goes to, over which connection, and what it says. */
export function NoticeFields({ value, problems, onChange }: NoticeFieldsProps) {
  const { t } = useTranslation()
  const connections = useQuery(connectionsQuery)
  const change = (part: Partial<Notice>) => {
    onChange({ ...value, ...part })
  }
  const provider = value.via === 'email' ? 'smtp' : 'http'
  const fitting = (connections.data ?? []).filter((c) => c.provider === provider)
  const gone = value.connection_id > 0 && connections.isSuccess && !fitting.some((c) => c.id === value.connection_id)
  const strange = (value.to ?? []).find((to) => !goodAddress(to))
  const wrongTo =
    problems['notice.to'] ??
    Object.entries(problems).find(([path]) => path.startsWith('notice.to.'))?.[1] ??
    (strange === undefined ? undefined : t('actionEditor.badAddress', { address: strange }))
  return (
    <>
      <Form.Item label={t('actionEditor.via')} htmlFor={idOf('notice.via')}>
        <Radio.Group
          id={idOf('notice.via')}
          aria-label={t('actionEditor.via')}
          value={value.via}
          options={[
            { value: 'email', label: t('actionEditor.viaEmail') },
            { value: 'webhook', label: t('actionEditor.viaWebhook') },
          ]}
          onChange={(e) => {
            onChange(withVia(value, e.target.value === 'webhook' ? 'webhook' : 'email'))
          }}
        />
      </Form.Item>
      <Choice<number>
        path="notice.connection_id"
        label={t(value.via === 'email' ? 'actionEditor.mailServer' : 'actionEditor.system')}
        value={value.connection_id || undefined}
        options={[
          ...(gone ? [{ value: value.connection_id, label: `#${value.connection_id}` }] : []),
          ...fitting.map((c) => ({ value: c.id, label: c.name })),
        ]}
        placeholder={t('actionEditor.connectionPlaceholder')}
        empty={t(value.via === 'email' ? 'actionEditor.noMailServer' : 'actionEditor.noSystem')}
        hint={value.via === 'webhook' ? t('actionEditor.webhookHint') : undefined}
        loading={connections.isPending}
        warning={gone ? t('actionEditor.connectionGone') : undefined}
        problem={problems['notice.connection_id']}
        onChange={(connection_id) => {
          change({ connection_id })
        }}
      />
      {value.via === 'email' ? (
        <>
          <Form.Item
            label={t('actionEditor.to')}
            htmlFor={idOf('notice.to')}
            extra={t('actionEditor.toHint')}
            validateStatus={wrongTo ? 'error' : undefined}
            help={wrongTo}
          >
            <Select<string[]>
              id={idOf('notice.to')}
              aria-label={t('actionEditor.to')}
              mode="tags"
              open={false}
              suffixIcon={null}
              maxCount={limits.to}
              tokenSeparators={[',', ';', ' ', '\n']}
              value={value.to ?? []}
              placeholder="cskh@cuahang.vn"
              onChange={(to) => {
                change({ to: to.map((a) => a.trim()).filter(Boolean) })
              }}
            />
          </Form.Item>
          <Field
            path="notice.subject"
            label={t('actionEditor.subject')}
            value={value.subject}
            max={limits.subject}
            problem={problems['notice.subject']}
            onChange={(subject) => {
              change({ subject })
            }}
          />
        </>
      ) : (
        <Form.Item
          label={t('actionEditor.path')}
          htmlFor={idOf('notice.path')}
          extra={t('actionEditor.pathHint')}
          validateStatus={problems['notice.path'] ? 'error' : undefined}
          help={problems['notice.path']}
        >
          <Input
            id={idOf('notice.path')}
            value={value.path}
            maxLength={limits.path}
            placeholder="/thong-bao"
            onChange={(e) => {
              change({ path: e.target.value.trim() })
            }}
          />
        </Form.Item>
      )}
      <Field
        path="notice.text"
        label={t('actionEditor.text')}
        rows={5}
        value={value.text}
        max={limits.text}
        hint={t('actionEditor.textHint')}
        problem={problems['notice.text']}
        onChange={(text) => {
          change({ text })
        }}
      />
    </>
  )
}
