import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Table, type TableColumnsType, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { StatusChip } from '@/components/ui/Chip'
import { Failure as Failed, Loading, Nothing } from '@/components/ui/Faces'
import { type Status, statuses } from '@/components/ui/status'
import { formatNumber } from '@/lib/format'
import { useChannel, useRank } from '@/lib/words'

import { type Failure, failuresQuery } from './api'

interface CausesProps {
  campaign: number
  watch: boolean
  narrow: boolean
  onOpen: (behind: { status?: Status; rank: number; code: string }) => void
}

const hints = ['recipient', 'content', 'temporary', 'rate_limited', 'auth', 'balance', 'silence'] as const

/** Why messages failed or were not sent: what it means, what to do, whether trying again helps, and the people concerned. */
export function Causes({ campaign, watch, narrow, onOpen }: CausesProps) {
  const { t, i18n } = useTranslation()
  const channel = useChannel()
  const rank = useRank()
  const causes = useQuery(failuresQuery(campaign, watch))
  if (causes.isPending) return <Loading />
  if (causes.isError) return <Failed error={causes.error} retry={() => void causes.refetch()} />
  if (causes.data.length === 0) return <Nothing text={t('causes.none')} />

  const hint = (f: Failure) => {
    if (f.status === 'skipped') return t('causes.again.skipped')
    if (f.status === 'delivered') return t('callWizard.unanswered')
    const known = hints.find((h) => h === f.cause.class)
    return known && t(`causes.again.${known}`)
  }
  const count = (f: Failure) => (
    <Button
      type="link"
      size="small"
      className="number"
      aria-label={t('causes.open', { count: f.count, cause: f.cause.meaning })}
      onClick={() => {
        onOpen({ status: statuses.find((s) => s === f.status), rank: f.rank, code: f.cause.code })
      }}
    >
      {formatNumber(f.count, i18n.language)}
    </Button>
  )
  const words = (f: Failure) => (
    <Flex vertical gap={2}>
      <span>{f.cause.meaning}</span>
      <Typography.Text type="secondary">
        {t('why.code', { code: f.cause.code })}
        {f.cause.provider && ` · ${f.cause.provider}`}
      </Typography.Text>
    </Flex>
  )
  const advice = (f: Failure) => (
    <Flex vertical gap={4} align="start">
      {f.cause.advice && <span>{f.cause.advice}</span>}
      {hint(f) && <Tag>{hint(f)}</Tag>}
    </Flex>
  )
  const where = (f: Failure) => (
    <Flex vertical>
      {channel(f.channel)}
      <small>{rank(f.rank)}</small>
    </Flex>
  )
  const wide: TableColumnsType<Failure> = [
    {
      key: 'status',
      title: t('people.status'),
      width: 150,
      render: (_, f) => <StatusChip status={f.status} channel={f.channel} />,
    },
    { key: 'channel', title: t('people.channel'), width: 110, render: (_, f) => where(f) },
    { key: 'cause', title: t('people.cause'), render: (_, f) => words(f) },
    { key: 'advice', title: t('why.advice'), render: (_, f) => advice(f) },
    { key: 'count', title: t('causes.count'), width: 100, align: 'right', render: (_, f) => count(f) },
  ]
  const slim: TableColumnsType<Failure> = [
    {
      key: 'cause',
      title: t('people.cause'),
      render: (_, f) => (
        <Flex vertical gap={4}>
          <Flex justify="space-between" gap={8}>
            <StatusChip status={f.status} channel={f.channel} />
            {count(f)}
          </Flex>
          {words(f)}
          {advice(f)}
          {where(f)}
        </Flex>
      ),
    },
  ]
  return (
    <Table<Failure>
      rowKey={(f) => `${f.rank} ${f.status} ${f.cause.code} ${f.cause.class ?? ''}`}
      size="small"
      columns={narrow ? slim : wide}
      dataSource={causes.data}
      pagination={causes.data.length > 50 ? { pageSize: 50 } : false}
    />
  )
}
