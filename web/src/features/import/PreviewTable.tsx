import { Table, type TableColumnsType, Tag } from 'antd'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/schema'

import type { Preview } from './api'
import { Wide } from './Wide'

type Row = components['schemas']['ContactPreviewRow']

const shown = 10
const colours = { accepted: 'success', warning: 'warning', rejected: 'error', empty: 'default' } as const

/** The first rows as they would be taken, with what is wrong with them. */
export function PreviewTable({ preview, loading }: { preview: Preview; loading: boolean }) {
  const { t } = useTranslation()
  const rows = preview.rows ?? []
  const columns: TableColumnsType<Row> = [
    { key: 'row', title: t('imports.row'), dataIndex: 'row', width: 70, align: 'end' },
    {
      key: 'outcome',
      title: t('imports.outcomeTitle'),
      width: 120,
      render: (_, r) => <Tag color={colours[r.outcome]}>{t(`imports.outcome.${r.outcome}`)}</Tag>,
    },
    { key: 'name', title: t('imports.target.name'), dataIndex: 'name', width: 180 },
    { key: 'phone', title: t('imports.target.phone'), dataIndex: 'phone', width: 150 },
    { key: 'email', title: t('imports.target.email'), dataIndex: 'email', width: 200 },
    { key: 'problems', title: t('imports.remarks'), width: 260, render: (_, r) => (r.problems ?? []).join('; ') },
  ]
  return (
    <>
      <Wide label={t('imports.preview')} width={980}>
        <Table<Row>
          rowKey="row"
          size="small"
          columns={columns}
          dataSource={rows.slice(0, shown)}
          pagination={false}
          loading={loading}
        />
      </Wide>
      {rows.length > shown && <small>{t('imports.previewOf', { shown, count: rows.length })}</small>}
    </>
  )
}
