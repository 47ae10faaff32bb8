import { useQuery } from '@tanstack/react-query'
import { DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'

import { type Attribute, tagsQuery } from './api'
import { genders, useWords } from './words'

/** A day that is kept as YYYY-MM-DD. */
function Day({ value, onChange, id }: { value?: string; onChange?: (v: string) => void; id?: string }) {
  const { t } = useTranslation()
  const day = value ? dayjs(value, 'YYYY-MM-DD') : null
  return (
    <DatePicker
      id={id}
      style={{ width: '100%' }}
      format={['DD/MM/YYYY', 'D/M/YYYY', 'YYYY-MM-DD']}
      placeholder={t('contacts.dayFormat')}
      value={day?.isValid() ? day : null}
      onChange={(d) => onChange?.(d ? d.format('YYYY-MM-DD') : '')}
    />
  )
}

/** The fields of a person, for creating and for editing. */
export function ContactFields({ attributes }: { attributes: Attribute[] }) {
  const { t } = useTranslation()
  const words = useWords()
  const tags = useQuery(tagsQuery)
  return (
    <>
      <Form.Item name="name" label={t('contacts.field.name')}>
        <Input maxLength={200} autoComplete="off" />
      </Form.Item>
      <div className="contact-pair">
        <Form.Item name="phone" label={t('contacts.field.phone')}>
          <Input maxLength={100} inputMode="tel" autoComplete="off" />
        </Form.Item>
        <Form.Item name="email" label={t('contacts.field.email')}>
          <Input maxLength={254} inputMode="email" autoComplete="off" />
        </Form.Item>
        <Form.Item name="external_id" label={t('contacts.field.external_id')} tooltip={t('contacts.codeHint')}>
          <Input maxLength={120} autoComplete="off" />
        </Form.Item>
        <Form.Item name="birthday" label={t('contacts.field.birthday')}>
          <Day />
        </Form.Item>
        <Form.Item name="gender" label={t('contacts.field.gender')}>
          <Select allowClear options={genders.map((g) => ({ value: g, label: words.gender(g) }))} />
        </Form.Item>
        <Form.Item name="tags" label={t('contacts.field.tags')}>
          <Select
            mode="tags"
            tokenSeparators={[',', ';']}
            maxCount={50}
            options={(tags.data ?? []).map((tag) => ({ value: tag.name, label: tag.name }))}
          />
        </Form.Item>
        {attributes.map((a) => (
          <Form.Item key={a.key} name={['attrs', a.key]} label={a.label}>
            {input(a, t('common.yes'), t('common.no'))}
          </Form.Item>
        ))}
      </div>
    </>
  )
}

function input(a: Attribute, yes: string, no: string) {
  switch (a.type) {
    case 'number':
      return <InputNumber style={{ width: '100%' }} />
    case 'money':
      return (
        <InputNumber
          style={{ width: '100%' }}
          precision={0}
          suffix="₫"
          formatter={(v) => String(v ?? '').replace(/\B(?=(\d{3})+$)/g, '.')}
          parser={(text) => (text ?? '').replace(/[^\d-]/g, '')}
        />
      )
    case 'date':
      return <Day />
    case 'boolean':
      return (
        <Select
          allowClear
          options={[
            { value: true, label: yes },
            { value: false, label: no },
          ]}
        />
      )
    case 'list':
      return <Select mode="tags" tokenSeparators={[';']} open={false} suffixIcon={null} />
    case 'text':
      return <Input maxLength={2000} autoComplete="off" />
  }
}
