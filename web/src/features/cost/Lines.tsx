import { useQuery } from '@tanstack/react-query'
import { Alert, Descriptions, Flex, Grid, Select, Table, type TableColumnsType, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { formatMoney, formatNumber } from '@/lib/format'
import { currentCursor, type Trail } from '@/lib/pages'

import { type Invoice, type Line, linesQuery, type Verdict, verdicts } from './api'

/** One comparison: what it adds up to, and its lines by what was found. */
export function Lines({ connection, invoice }: { connection: number; invoice: Invoice }) {
  const { t, i18n } = useTranslation()
  const narrow = !Grid.useBreakpoint().md
  const [verdict, setVerdict] = useState<Verdict>()
  const [trail, setTrail] = useState<Trail>()
  const list = useQuery(linesQuery(connection, invoice.id, verdict, currentCursor(trail), invoice.checked_at))
  const money = (n: number) => formatMoney(n, i18n.language)
  const number = (n: number) => formatNumber(n, i18n.language)
  const items = list.data?.items ?? []
  const s = invoice.summary
  const found = verdicts.filter((v) => (s.verdicts[v]?.count ?? 0) > 0)
  const known = (l: Line) => verdicts.find((v) => v === l.verdict)
  const name = (l: Line) => {
    const v = known(l)
    return v ? t(`costs.v.${v}`) : l.verdict
  }
  const wide: TableColumnsType<Line> = [
    { key: 'verdict', title: t('costs.verdict'), render: (_, l) => name(l) },
    { key: 'id', title: t('costs.providerId'), rowScope: 'row', render: (_, l) => <Id line={l} /> },
    { key: 'phone', title: t('costs.phone'), render: (_, l) => l.hint || t('common.never') },
    { key: 'charged', title: t('costs.charged'), align: 'right', render: (_, l) => money(l.charged_vnd) },
    { key: 'expected', title: t('costs.expected'), align: 'right', render: (_, l) => money(l.expected_vnd) },
  ]
  const slim: TableColumnsType<Line> = [
    {
      key: 'line',
      title: t('costs.verdict'),
      render: (_, l) => (
        <Flex vertical gap={2}>
          <strong>{name(l)}</strong>
          <Id line={l} />
          {l.hint && <small>{l.hint}</small>}
          <span>
            {t('costs.charged')}: {money(l.charged_vnd)}
          </span>
          <span>
            {t('costs.expected')}: {money(l.expected_vnd)}
          </span>
        </Flex>
      ),
    },
  ]
  return (
    <Flex vertical gap={12}>
      <Descriptions
        size="small"
        column={{ xs: 1, sm: 2 }}
        items={[
          { key: 'lines', label: t('costs.lines'), children: number(s.lines) },
          { key: 'passed', label: t('costs.passed'), children: number(s.passed) },
          { key: 'charged', label: t('costs.charged'), children: money(s.charged_vnd) },
          { key: 'expected', label: t('costs.expected'), children: money(s.expected_vnd) },
          {
            key: 'columns',
            label: t('costs.columnsUsed'),
            span: 'filled',
            children: [invoice.columns.id, invoice.columns.key, invoice.columns.amount, invoice.columns.phone]
              .filter(Boolean)
              .join(', '),
          },
        ]}
      />
      <Select<Verdict | ''>
        aria-label={t('costs.verdict')}
        value={verdict ?? ''}
        onChange={(v) => {
          setVerdict(v === '' ? undefined : v)
          setTrail(undefined)
        }}
        options={[
          { value: '' as const, label: t('costs.all') },
          ...found.map((v) => ({ value: v, label: `${t(`costs.v.${v}`)} (${number(s.verdicts[v]?.count ?? 0)})` })),
        ]}
      />
      {verdict && (
        <Alert
          type="info"
          showIcon
          title={t(`costs.vHint.${verdict}`)}
          description={
            verdict === 'match' ? undefined : (
              <Typography.Text>
                {t('costs.charged')}: {money(s.verdicts[verdict]?.charged_vnd ?? 0)} · {t('costs.expected')}:{' '}
                {money(s.verdicts[verdict]?.expected_vnd ?? 0)}
              </Typography.Text>
            )
          }
        />
      )}
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && <Nothing text={t('costs.noLines')} />}
      {items.length > 0 && (
        <Table<Line>
          rowKey="no"
          size="small"
          dataSource={items}
          pagination={false}
          loading={list.isPlaceholderData}
          scroll={narrow ? undefined : { x: 'max-content' }}
          columns={narrow ? slim : wide}
        />
      )}
      <Pager trail={trail} next={list.data?.next} onChange={setTrail} />
    </Flex>
  )
}

function Id({ line }: { line: Line }) {
  const { t } = useTranslation()
  return <span style={{ overflowWrap: 'anywhere' }}>{line.provider_id || line.key || t('common.never')}</span>
}
