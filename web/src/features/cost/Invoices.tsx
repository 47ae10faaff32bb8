import { useQuery } from '@tanstack/react-query'
import { Button, Card, Drawer, Flex, Grid, Progress, Table, type TableColumnsType, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { formatMoney, formatNumber, formatTime } from '@/lib/format'

import { type Invoice, invoicesQuery, useInvoiceActs, verdicts } from './api'
import { Lines } from './Lines'
import { Upload } from './Upload'

/** The bills of a connection and what their comparison with the ledger found. */
export function Invoices({ connection, zone, mayChange }: { connection: number; zone: string; mayChange: boolean }) {
  const { t, i18n } = useTranslation()
  const confirm = useConfirm()
  const narrow = !Grid.useBreakpoint().lg
  const list = useQuery(invoicesQuery(connection))
  const acts = useInvoiceActs(connection)
  const [open, setOpen] = useState<number>()
  const items = list.data?.items ?? []
  const opened = items.find((i) => i.id === open)
  const money = (n: number) => <span style={{ whiteSpace: 'nowrap' }}>{formatMoney(n, i18n.language)}</span>
  const difference = (i: Invoice) => money(i.summary.charged_vnd - i.summary.expected_vnd)
  const buttons = (i: Invoice) => (
    <Flex gap={8} wrap>
      <Button
        size="small"
        disabled={i.state === 'reading'}
        aria-label={`${t('costs.details')}: ${month(i)}, ${i.filename}`}
        onClick={() => {
          setOpen(i.id)
        }}
      >
        {t('costs.details')}
      </Button>
      {mayChange && (
        <>
          <Button
            size="small"
            disabled={i.state !== 'ready'}
            loading={acts.check.isPending && acts.check.variables === i.id}
            aria-label={`${t('costs.check')}: ${month(i)}, ${i.filename}`}
            onClick={() => {
              acts.check.mutate(i.id)
            }}
          >
            {t('costs.check')}
          </Button>
          <Button
            size="small"
            danger
            aria-label={`${t('costs.remove')}: ${month(i)}, ${i.filename}`}
            onClick={() => {
              confirm({
                title: t('costs.removeInvoice'),
                text: t('costs.removeInvoiceText'),
                ok: t('costs.remove'),
                danger: true,
                action: () => acts.remove.mutateAsync(i.id),
              })
            }}
          >
            {t('costs.remove')}
          </Button>
        </>
      )}
    </Flex>
  )
  const wide: TableColumnsType<Invoice> = [
    {
      key: 'month',
      title: t('costs.month'),
      rowScope: 'row',
      render: (_, i) => (
        <Flex vertical>
          {month(i)}
          <small style={{ fontWeight: 'normal', overflowWrap: 'anywhere' }}>{i.filename}</small>
        </Flex>
      ),
    },
    {
      key: 'lines',
      title: t('costs.lines'),
      align: 'right',
      render: (_, i) => formatNumber(i.summary.lines, i18n.language),
    },
    { key: 'charged', title: t('costs.charged'), align: 'right', render: (_, i) => money(i.summary.charged_vnd) },
    { key: 'expected', title: t('costs.expected'), align: 'right', render: (_, i) => money(i.summary.expected_vnd) },
    {
      key: 'difference',
      title: t('costs.difference'),
      align: 'right',
      render: (_, i) => <strong>{difference(i)}</strong>,
    },
    { key: 'found', title: t('costs.verdict'), render: (_, i) => <Found invoice={i} /> },
    { key: 'at', title: t('costs.checkedAt'), render: (_, i) => formatTime(i.checked_at, zone) },
    { key: 'acts', title: <span className="skip">{t('common.more')}</span>, render: (_, i) => buttons(i) },
  ]
  const slim: TableColumnsType<Invoice> = [
    {
      key: 'invoice',
      title: t('costs.invoices'),
      render: (_, i) => (
        <Flex vertical gap={6}>
          <strong>{month(i)}</strong>
          <small style={{ overflowWrap: 'anywhere' }}>{i.filename}</small>
          <span>
            {t('costs.charged')}: {money(i.summary.charged_vnd)}
          </span>
          <span>
            {t('costs.expected')}: {money(i.summary.expected_vnd)}
          </span>
          <span>
            {t('costs.difference')}: <strong>{difference(i)}</strong>
          </span>
          <Found invoice={i} />
          {buttons(i)}
        </Flex>
      ),
    },
  ]
  return (
    <Card title={<h2 className="card-title">{t('costs.invoices')}</h2>}>
      <Flex vertical gap={12}>
        <Typography.Text type="secondary">{t('costs.invoicesHint')}</Typography.Text>
        {mayChange && (
          <Upload
            connection={connection}
            onDone={(made) => {
              setOpen(made.id)
            }}
          />
        )}
        {list.isPending && <Loading />}
        {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
        {acts.check.isError && <Failure error={acts.check.error} />}
        {list.isSuccess && items.length === 0 && <Nothing text={t('costs.noInvoices')} />}
        {items.length > 0 && (
          <Table<Invoice>
            rowKey="id"
            size="small"
            dataSource={items}
            pagination={false}
            columns={narrow ? slim : wide}
          />
        )}
      </Flex>
      <Drawer
        open={opened !== undefined}
        size={760}
        styles={{ wrapper: { maxWidth: '100vw' } }}
        title={opened ? t('costs.invoiceOf', { month: month(opened) }) : t('costs.invoices')}
        onClose={() => {
          setOpen(undefined)
        }}
        destroyOnHidden
      >
        {opened && (
          <Flex vertical gap={12}>
            {opened.state === 'comparing' && <Under invoice={opened} />}
            <Lines key={opened.id} connection={connection} invoice={opened} />
          </Flex>
        )}
      </Drawer>
    </Card>
  )
}

/** "2026-11" as people here write it. */
const month = (i: Invoice) => i.month.split('-').reverse().join('/')

/** How far a comparison is. */
function Under({ invoice }: { invoice: Invoice }) {
  const { t, i18n } = useTranslation()
  const all = Math.max(1, invoice.summary.lines)
  const text = t('costs.comparing', {
    done: formatNumber(invoice.compared, i18n.language),
    all: formatNumber(invoice.summary.lines, i18n.language),
  })
  return (
    <div role="status">
      <Progress
        size="small"
        percent={Math.min(99, Math.floor((100 * invoice.compared) / all))}
        aria-label={t('costs.progress')}
      />
      <small>{text}</small>
    </div>
  )
}

/** What was found, in one line each. */
function Found({ invoice }: { invoice: Invoice }) {
  const { t, i18n } = useTranslation()
  if (invoice.state === 'reading') return <Typography.Text type="warning">{t('costs.reading')}</Typography.Text>
  return (
    <Flex vertical>
      {invoice.state === 'comparing' && <Under invoice={invoice} />}
      {verdicts.map((v) => {
        const tally = invoice.summary.verdicts[v]
        return tally && tally.count > 0 ? (
          <span key={v}>
            {t(`costs.v.${v}`)}: {formatNumber(tally.count, i18n.language)}
          </span>
        ) : null
      })}
    </Flex>
  )
}
