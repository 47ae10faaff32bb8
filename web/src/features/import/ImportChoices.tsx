import { useQuery } from '@tanstack/react-query'
import { Checkbox, DatePicker, Form, type FormInstance, Input, Radio, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'

import { useChannel } from '@/lib/words'

import { type ImportOptions, tagsQuery } from './api'
import { channels } from './words'

/** What a person chooses for all rows, as the form holds it. */
export interface Choices {
  existing: 'update' | 'fill' | 'keep'
  tags: string[]
  agreed: boolean
  consent: { channels: string[]; shown?: string; source?: string; evidence?: string; date?: Dayjs | null }
}

/** The API's form of the choices. */
export function optionsOf(c: Choices): ImportOptions {
  const { channels: on, shown, source, evidence, date } = c.consent ?? { channels: [] }
  return {
    existing: c.existing,
    tags: c.tags.length ? c.tags : undefined,
    consent: c.agreed ? { channels: on, shown, source, evidence, date: date?.format('YYYY-MM-DD') } : undefined,
  }
}

interface ImportChoicesProps {
  form: FormInstance<Choices>
  options: ImportOptions
  onChange: () => void
}

/** What holds for all rows: known people, tags, and consent with its proof. */
export function ImportChoices({ form, options, onChange }: ImportChoicesProps) {
  const { t } = useTranslation()
  const channel = useChannel()
  const tags = useQuery(tagsQuery)
  const agreed = Form.useWatch('agreed', form)
  const old = options.consent
  return (
    <Form<Choices>
      form={form}
      layout="vertical"
      requiredMark={false}
      onValuesChange={onChange}
      style={{ maxWidth: 640 }}
      initialValues={{
        existing: options.existing ?? 'update',
        tags: options.tags ?? [],
        agreed: Boolean(old),
        consent: {
          channels: old?.channels ?? [],
          shown: old?.shown,
          source: old?.source,
          evidence: old?.evidence,
          date: old?.date ? dayjs(old.date) : null,
        },
      }}
    >
      <Form.Item name="existing" label={t('imports.existing')} extra={t('imports.existingHint')}>
        <Radio.Group
          className="import-radios"
          options={[
            { value: 'update', label: t('imports.existingUpdate') },
            { value: 'fill', label: t('imports.existingFill') },
            { value: 'keep', label: t('imports.existingKeep') },
          ]}
        />
      </Form.Item>
      <Form.Item name="tags" label={`${t('imports.tags')} (${t('common.optional')})`} extra={t('imports.tagsHint')}>
        <Select
          mode="tags"
          maxCount={20}
          tokenSeparators={[',', ';']}
          options={(tags.data ?? []).map((tag) => ({ value: tag.name, label: tag.name }))}
        />
      </Form.Item>
      <Form.Item name="agreed" valuePropName="checked" extra={t('imports.consentHint')}>
        <Checkbox>{t('imports.consent')}</Checkbox>
      </Form.Item>
      {agreed && (
        <>
          <Form.Item
            name={['consent', 'channels']}
            label={t('imports.consentChannels')}
            rules={[{ required: true, type: 'array', message: t('imports.consentChannelsMissing') }]}
          >
            <Checkbox.Group options={channels.map((c) => ({ value: c, label: channel(c) }))} />
          </Form.Item>
          <Form.Item
            name={['consent', 'source']}
            label={t('imports.consentSource')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input maxLength={500} placeholder={t('imports.consentSourcePlaceholder')} />
          </Form.Item>
          <Form.Item
            name={['consent', 'shown']}
            label={t('imports.consentShown')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input.TextArea
              maxLength={2000}
              autoSize={{ minRows: 2, maxRows: 6 }}
              placeholder={t('imports.consentShownPlaceholder')}
            />
          </Form.Item>
          <Form.Item name={['consent', 'evidence']} label={`${t('imports.consentEvidence')} (${t('common.optional')})`}>
            <Input maxLength={500} placeholder={t('imports.consentEvidencePlaceholder')} />
          </Form.Item>
          <Form.Item
            name={['consent', 'date']}
            label={`${t('imports.consentDate')} (${t('common.optional')})`}
            extra={t('imports.consentDateHint')}
          >
            <DatePicker format={['DD/MM/YYYY', 'YYYY-MM-DD']} maxDate={dayjs()} />
          </Form.Item>
        </>
      )}
    </Form>
  )
}
