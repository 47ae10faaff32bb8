import { Button, Table, type TableColumnsType, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'

import { StatusChip } from '@/components/ui/Chip'
import { exclusive, statuses } from '@/components/ui/status'
import { useStatusHint, useStatusWord } from '@/components/ui/statusWords'
import { isAct } from '@/lib/channels'
import { formatMoney, formatNumber } from '@/lib/format'
import { useChannel, useRank } from '@/lib/words'

import type { Counts } from './api'

/** Which people a number stands for. */
export interface Behind {
  status?: string
  rank?: number
}

interface Row {
  key: string
  word: string
}

/** One row per word of the status table, one column per leg and their sum; every number opens the people behind it. */
export function CountsTable({ counts, onOpen }: { counts: Counts; onOpen: (behind: Behind) => void }) {
  const { t, i18n } = useTranslation()
  const channel = useChannel()
  const rank = useRank(counts.legs)
  const word = useStatusWord()
  const hint = useStatusHint()
  const legs = counts.legs ?? []
  const used = new Set(legs.flatMap((l) => l.words ?? []))
  const rows: Row[] = [
    ...statuses.filter((s) => used.has(s)).map((s) => ({ key: s, word: s })),
    { key: 'total', word: 'total' },
    { key: 'superseded', word: 'superseded' },
    { key: 'cost', word: 'cost' },
  ]

  // The channels that have a word at all.
  const having = (status: string) => legs.filter((l) => l.words?.includes(status)).map((l) => l.channel)

  const cell = (row: Row, of: Record<string, number>, behind: Behind, where: string, channels: readonly string[]) => {
    const n = of[row.word]
    if (n === undefined) return <span aria-hidden>–</span>
    if (row.word === 'cost') return formatMoney(n, i18n.language)
    const text = formatNumber(n, i18n.language)
    if (n === 0 || row.word === 'superseded') return text
    const status = statuses.find((s) => s === row.word)
    const name = status ? word(status, channels) : t('campaign.total')
    return (
      <Button
        type="link"
        size="small"
        className="number"
        aria-label={`${name}, ${where}: ${text}`}
        onClick={() => {
          onOpen({ ...behind, status })
        }}
      >
        {text}
      </Button>
    )
  }

  // What adds up, in the words that the table shows.
  const sum = legs.some((l) => isAct(l.channel))
    ? `${[...exclusive]
        .filter((s) => used.has(s))
        .map((s) => word(s, having(s)))
        .join(' + ')} = ${t('campaign.total')}`
    : t('campaign.sum')
  const columns: TableColumnsType<Row> = [
    {
      key: 'word',
      title: t('people.status'),
      fixed: 'left',
      width: 200,
      rowScope: 'row',
      render: (_, row) => {
        const status = statuses.find((s) => s === row.word)
        if (status)
          return (
            <Tooltip title={hint(status, having(status))} placement="right">
              <span>
                <StatusChip status={status} channel={having(status)} />
              </span>
            </Tooltip>
          )
        if (row.word === 'total') return <strong>{t('campaign.total')}</strong>
        return row.word === 'cost'
          ? t('campaign.cost')
          : t(legs.some((l) => l.channel === 'wait') ? 'flow.passed' : 'campaign.superseded')
      },
    },
    ...legs.map((l) => ({
      key: `leg${l.rank}`,
      align: 'right' as const,
      title: (
        <>
          {channel(l.channel)}
          <br />
          <small>{rank(l.rank)}</small>
        </>
      ),
      render: (_: unknown, row: Row) =>
        cell(row, l.counts, { rank: l.rank }, `${channel(l.channel)}, ${rank(l.rank)}`, [l.channel]),
    })),
    {
      key: 'sum',
      align: 'right',
      title: t('common.all'),
      render: (_, row) => cell(row, counts.total, {}, t('common.all'), having(row.word)),
    },
  ]
  return (
    <Table<Row>
      size="small"
      columns={columns}
      dataSource={rows}
      pagination={false}
      scroll={{ x: 'max-content' }}
      footer={() => <small>{sum}</small>}
    />
  )
}
