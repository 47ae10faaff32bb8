import { Link } from '@tanstack/react-router'
import { Flex, Progress, Table, type TableColumnsType, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatNumber, formatTime } from '@/lib/format'

import { type Import, isWorking } from './api'
import { formatBytes, useImportState } from './words'

const colours: Record<string, string> = {
  uploaded: 'default',
  queued: 'processing',
  running: 'processing',
  finished: 'success',
  failed: 'error',
  cancelled: 'warning',
}

/** Past and present imports. */
export function ImportTable(props: { items: Import[]; zone: string; narrow: boolean; loading: boolean }) {
  const { t, i18n } = useTranslation()
  const stateName = useImportState()
  const { items, zone, narrow, loading } = props
  const n = (x: number) => formatNumber(x, i18n.language)
  const name = (i: Import) => (
    <Flex vertical>
      <Link to="/contacts/imports/$id" params={{ id: i.id }} className="strong">
        {i.filename}
      </Link>
      <Typography.Text type="secondary">{formatBytes(i.bytes_total, i18n.language)}</Typography.Text>
    </Flex>
  )
  const state = (i: Import) => (
    <>
      <Tag color={colours[i.state]}>{stateName(i.state)}</Tag>
      {isWorking(i) && (
        <Progress
          size="small"
          aria-label={t('imports.importProgress')}
          percent={i.bytes_total ? Math.floor((100 * i.bytes_read) / i.bytes_total) : 0}
        />
      )}
    </>
  )
  const result = (i: Import) =>
    i.rows_read > 0
      ? t('imports.soFar', { created: n(i.rows_created), updated: n(i.rows_updated), rejected: n(i.rows_rejected) })
      : t('common.never')
  const wide: TableColumnsType<Import> = [
    { key: 'file', title: t('imports.file'), render: (_, i) => name(i) },
    { key: 'state', title: t('imports.stateTitle'), width: 180, render: (_, i) => state(i) },
    { key: 'rows', title: t('imports.rows'), width: 120, align: 'end', render: (_, i) => n(i.rows_read) },
    { key: 'result', title: t('imports.result'), render: (_, i) => result(i) },
    { key: 'created', title: t('imports.created'), width: 150, render: (_, i) => formatTime(i.created_at, zone) },
  ]
  const slim: TableColumnsType<Import> = [
    {
      key: 'file',
      title: t('imports.file'),
      render: (_, i) => (
        <Flex vertical gap={4}>
          {name(i)}
          <span>{state(i)}</span>
          <small>{result(i)}</small>
          <small>{formatTime(i.created_at, zone)}</small>
        </Flex>
      ),
    },
  ]
  return (
    <Table<Import>
      rowKey="id"
      columns={narrow ? slim : wide}
      dataSource={items}
      pagination={false}
      loading={loading}
      size="middle"
    />
  )
}
