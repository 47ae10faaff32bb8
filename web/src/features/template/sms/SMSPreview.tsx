import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Select, Table, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { formatMoney, formatNumber } from '@/lib/format'

import { connectionsQuery, type Rendered, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { Phone } from '../Phone'
import { useRested } from '../useRested'
import type { SMSContent } from './content'

/** The message on a phone, how many parts it has with and without Vietnamese marks, and what these cost. */
export function SMSPreview({ value, contact }: EditorProps<SMSContent>) {
  const { t, i18n } = useTranslation()
  const rested = useRested(value)
  const connections = (useQuery(connectionsQuery).data ?? []).filter((c) => c.esms)
  const [chosen, setChosen] = useState<number>()
  const connection = connections.find((c) => c.id === chosen) ?? connections[0]
  const price = connection?.esms?.price_per_part ?? 0
  const empty = !rested.text.trim()
  const own = useQuery({ ...renderedQuery('sms', rested, contact), enabled: !empty })
  const other = useQuery({
    ...renderedQuery('sms', { ...rested, unicode: !rested.unicode }, contact),
    enabled: !empty,
  })
  if (empty) return <Typography.Text type="secondary">{t('templates.sms.empty')}</Typography.Text>
  if (own.isPending) return <Loading />
  if (own.isError) return <Failure error={own.error} />
  const row = (rendered: Rendered | undefined, unicode: boolean) => {
    const sms = rendered?.sms
    return {
      key: unicode ? 'marks' : 'plain',
      how: t(unicode ? 'templates.sms.withMarks' : 'templates.sms.withoutMarks'),
      units: sms ? `${formatNumber(sms.units, i18n.language)} / ${sms.per_part * Math.max(sms.parts, 1)}` : '–',
      parts: sms ? formatNumber(sms.parts, i18n.language) : '–',
      price: sms && price ? formatMoney(sms.parts * price, i18n.language) : '–',
      chosen: unicode === rested.unicode,
    }
  }
  const rows = [row(own.data, rested.unicode), row(other.data, !rested.unicode)]
  const sms = own.data.sms
  const dearer = (sms?.parts ?? 0) > (other.data?.sms?.parts ?? 0) && rested.unicode
  return (
    <Flex vertical gap={12}>
      <Phone from={value.brandname ?? connection?.esms?.brandname ?? t('channel.sms')}>
        <div className="template-bubble">{own.data.text}</div>
      </Phone>
      {connections.length > 1 && (
        <Select
          aria-label={t('templates.sms.priceOf')}
          value={connection?.id}
          options={connections.map((c) => ({ value: c.id, label: t('templates.sms.pricesOf', { name: c.name }) }))}
          onChange={setChosen}
        />
      )}
      <Table
        size="small"
        pagination={false}
        dataSource={rows}
        rowKey="key"
        columns={[
          {
            key: 'how',
            title: t('templates.sms.how'),
            render: (_, r) => (r.chosen ? <strong>{t('templates.sms.chosen', { how: r.how })}</strong> : r.how),
          },
          { key: 'units', title: t('templates.sms.units'), dataIndex: 'units', align: 'end' },
          { key: 'parts', title: t('templates.sms.parts'), dataIndex: 'parts', align: 'end' },
          { key: 'price', title: t('templates.sms.price'), dataIndex: 'price', align: 'end' },
        ]}
      />
      {dearer && <Alert type="warning" showIcon title={t('templates.sms.dearer')} />}
      {(sms?.parts ?? 0) > 3 && <Alert type="warning" showIcon title={t('templates.sms.long')} />}
      {rested.unicode && (sms?.offending?.length ?? 0) > 0 && (
        <Typography.Text type="secondary">
          {t('templates.sms.offending', { chars: sms?.offending?.slice(0, 12).join(' ') })}
        </Typography.Text>
      )}
      <Typography.Text type="secondary">
        {t('templates.sms.partHint')} {contact === undefined && t('templates.sms.sampleHint')}
        {value.track_links && ` ${t('templates.sms.linkHint')}`}
      </Typography.Text>
    </Flex>
  )
}
