import { DownloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Card, Flex, Segmented, Table, type TableColumnsType, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { address } from '@/api/client'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { currentCursor, type Trail } from '@/lib/pages'

import { type Import, problemsQuery, type ProblemRow } from './api'
import { Wide } from './Wide'

interface ProblemTableProps {
  made: Import
  severity: 'rejected' | 'warning' | undefined
  onSeverity: (severity: 'rejected' | 'warning' | undefined) => void
}

/** The rows that were rejected or taken with warnings, with their reasons; all of them as CSV. */
export function ProblemTable({ made, severity, onSeverity }: ProblemTableProps) {
  const { t, i18n } = useTranslation()
  const [trail, setTrail] = useState<Trail>()
  const after = currentCursor(trail)
  const problems = useQuery(problemsQuery(made.id, severity, after ? Number(after) : undefined, i18n.language))
  const headers = problems.data?.headers ?? []
  const columns: TableColumnsType<ProblemRow> = [
    { key: 'row', title: t('imports.row'), dataIndex: 'row', width: 70, align: 'end' },
    {
      key: 'severity',
      title: t('imports.outcomeTitle'),
      width: 110,
      render: (_, r) => (
        <Tag color={r.severity === 'rejected' ? 'error' : 'warning'}>{t(`imports.outcome.${r.severity}`)}</Tag>
      ),
    },
    { key: 'reasons', title: t('imports.reasons'), width: 300, render: (_, r) => (r.reasons ?? []).join('; ') },
    ...headers.map((h, i) => ({
      key: `cell${i}`,
      title: h || t('imports.columnNo', { no: i + 1 }),
      width: 150,
      ellipsis: true,
      render: (_: unknown, r: ProblemRow) => r.cells?.[i] ?? '',
    })),
  ]
  const items = problems.data?.items ?? []
  return (
    <Card
      size="small"
      title={<h2 className="card-title">{t('imports.problems')}</h2>}
      extra={
        <Button icon={<DownloadOutlined />} href={address(`/imports/${made.id}/problems.csv`)} download>
          {t('imports.download')}
        </Button>
      }
    >
      <Flex vertical gap={8}>
        <span>
          <Segmented<'all' | 'rejected' | 'warning'>
            aria-label={t('imports.show')}
            value={severity ?? 'all'}
            options={[
              { value: 'all', label: t('common.all') },
              { value: 'rejected', label: t('imports.outcome.rejected') },
              { value: 'warning', label: t('imports.outcome.warning') },
            ]}
            onChange={(v) => {
              setTrail(undefined)
              onSeverity(v === 'all' ? undefined : v)
            }}
          />
        </span>
        {problems.isPending && <Loading />}
        {problems.isError && <Failure error={problems.error} retry={() => void problems.refetch()} />}
        {problems.isSuccess && items.length === 0 && <Nothing text={t('common.emptyFilter')} />}
        {items.length > 0 && (
          <Wide label={t('imports.problems')} width={480 + 150 * headers.length}>
            <Table<ProblemRow>
              rowKey="row"
              size="small"
              columns={columns}
              dataSource={items}
              pagination={false}
              loading={problems.isPlaceholderData}
            />
          </Wide>
        )}
        <Pager trail={trail} next={problems.data?.next ? String(problems.data.next) : undefined} onChange={setTrail} />
      </Flex>
    </Card>
  )
}
