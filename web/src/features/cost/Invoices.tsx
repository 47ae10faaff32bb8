import { useQuery } from '@tanstack/react-query'
import { Button, Card, Collapse, Drawer, Flex, Form, Input, Select, Table, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { formatMoney, formatNumber, formatTime } from '@/lib/format'

import {
  type Invoice,
  invoicesQuery,
  type Line,
  linesQuery,
  useImportInvoice,
  useInvoiceActs,
  type Verdict,
  verdicts,
} from './api'

/** The bills of a connection and what their comparison with the ledger found. */
export function Invoices({ connection, zone, mayChange }: { connection: number; zone: string; mayChange: boolean }) {
  const { t, i18n } = useTranslation()
  const confirm = useConfirm()
  const list = useQuery(invoicesQuery(connection))
  const acts = useInvoiceActs(connection)
  const [open, setOpen] = useState<Invoice>()
  const items = list.data?.items ?? []
  const money = (n: number) => formatMoney(n, i18n.language)
  return (
    <Card title={<h2 className="card-title">{t('costs.invoices')}</h2>}>
      <Flex vertical gap={12}>
        <Typography.Text type="secondary">{t('costs.invoicesHint')}</Typography.Text>
        {mayChange && <Upload connection={connection} />}
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
            scroll={{ x: 'max-content' }}
            columns={[
              { key: 'month', title: t('costs.month'), rowScope: 'row', render: (_, i) => i.month },
              { key: 'file', title: t('costs.filename'), render: (_, i) => i.filename },
              {
                key: 'lines',
                title: t('costs.lines'),
                align: 'right',
                render: (_, i) => formatNumber(i.summary.lines, i18n.language),
              },
              {
                key: 'charged',
                title: t('costs.charged'),
                align: 'right',
                render: (_, i) => money(i.summary.charged_vnd),
              },
              {
                key: 'expected',
                title: t('costs.expected'),
                align: 'right',
                render: (_, i) => money(i.summary.expected_vnd),
              },
              {
                key: 'difference',
                title: t('costs.difference'),
                align: 'right',
                render: (_, i) => <strong>{money(i.summary.charged_vnd - i.summary.expected_vnd)}</strong>,
              },
              {
                key: 'found',
                title: t('costs.verdict'),
                render: (_, i) => <Found invoice={i} />,
              },
              { key: 'at', title: t('costs.checkedAt'), render: (_, i) => formatTime(i.checked_at, zone) },
              {
                key: 'acts',
                title: '',
                render: (_, i) => (
                  <Flex gap={8}>
                    <Button
                      size="small"
                      aria-label={`${t('costs.details')} ${i.month} ${i.filename}`}
                      onClick={() => {
                        setOpen(i)
                      }}
                    >
                      {t('costs.details')}
                    </Button>
                    {mayChange && (
                      <>
                        <Button
                          size="small"
                          loading={acts.check.isPending && acts.check.variables === i.id}
                          disabled={i.state !== 'ready'}
                          onClick={() => {
                            acts.check.mutate(i.id)
                          }}
                        >
                          {t('costs.check')}
                        </Button>
                        <Button
                          size="small"
                          danger
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
                ),
              },
            ]}
          />
        )}
      </Flex>
      <Drawer
        open={open !== undefined}
        size={720}
        title={open ? `${t('costs.invoices')} ${open.month}` : ''}
        onClose={() => {
          setOpen(undefined)
        }}
        destroyOnHidden
      >
        {open && <Lines connection={connection} invoice={open.id} />}
      </Drawer>
    </Card>
  )
}

/** What was found, in one line each. */
function Found({ invoice }: { invoice: Invoice }) {
  const { t, i18n } = useTranslation()
  return (
    <Flex vertical>
      {invoice.state === 'reading' && <Typography.Text type="warning">{t('costs.reading')}</Typography.Text>}
      {invoice.state === 'comparing' && (
        <span role="status">
          {t('costs.comparing', {
            done: formatNumber(invoice.compared, i18n.language),
            all: formatNumber(invoice.summary.lines, i18n.language),
          })}
        </span>
      )}
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

function Lines({ connection, invoice }: { connection: number; invoice: number }) {
  const { t, i18n } = useTranslation()
  const [verdict, setVerdict] = useState<Verdict>()
  const [cursor, setCursor] = useState<string>()
  const list = useQuery(linesQuery(connection, invoice, verdict, cursor))
  const money = (n: number) => formatMoney(n, i18n.language)
  const items = list.data?.items ?? []
  return (
    <Flex vertical gap={12}>
      <Select<Verdict | ''>
        aria-label={t('costs.verdict')}
        value={verdict ?? ''}
        onChange={(v) => {
          setVerdict(v === '' ? undefined : v)
          setCursor(undefined)
        }}
        options={[
          { value: '' as const, label: t('costs.all') },
          ...verdicts.map((v) => ({ value: v, label: t(`costs.v.${v}`) })),
        ]}
      />
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
          scroll={{ x: 'max-content' }}
          columns={[
            {
              key: 'verdict',
              title: t('costs.verdict'),
              render: (_, l) => t(`costs.v.${verdicts.find((v) => v === l.verdict) ?? 'match'}`),
            },
            { key: 'id', title: t('costs.providerId'), rowScope: 'row', render: (_, l) => l.provider_id || l.key },
            { key: 'phone', title: t('costs.phone'), render: (_, l) => l.hint },
            { key: 'charged', title: t('costs.charged'), align: 'right', render: (_, l) => money(l.charged_vnd) },
            { key: 'expected', title: t('costs.expected'), align: 'right', render: (_, l) => money(l.expected_vnd) },
          ]}
        />
      )}
      {list.data?.next && (
        <Button
          onClick={() => {
            setCursor(list.data.next)
          }}
        >
          {t('costs.more')}
        </Button>
      )}
    </Flex>
  )
}

interface Values {
  month: string
  id_column?: string
  key_column?: string
  amount_column?: string
}

function Upload({ connection }: { connection: number }) {
  const { t } = useTranslation()
  const [file, setFile] = useState<File>()
  const send = useImportInvoice(connection)
  return (
    <Form<Values>
      layout="vertical"
      onFinish={(values) => {
        if (file) send.mutate({ ...values, file })
      }}
    >
      <Flex gap={12} wrap align="end">
        <Form.Item name="month" label={t('costs.month')} rules={[{ required: true }]}>
          <Input type="month" />
        </Form.Item>
        <Form.Item label={t('costs.file')} htmlFor="invoice-file" required>
          <input
            id="invoice-file"
            type="file"
            accept=".csv,.txt,text/csv"
            onChange={(e) => {
              setFile(e.target.files?.[0])
            }}
          />
        </Form.Item>
        <Form.Item>
          <Button type="primary" htmlType="submit" disabled={!file} loading={send.isPending}>
            {t('costs.import')}
          </Button>
        </Form.Item>
      </Flex>
      <Collapse
        ghost
        size="small"
        items={[
          {
            key: 'columns',
            label: t('costs.columns'),
            forceRender: true,
            children: (
              <Flex gap={12} wrap>
                <Form.Item name="id_column" label={t('costs.idColumn')}>
                  <Input />
                </Form.Item>
                <Form.Item name="key_column" label={t('costs.keyColumn')}>
                  <Input />
                </Form.Item>
                <Form.Item name="amount_column" label={t('costs.amountColumn')}>
                  <Input />
                </Form.Item>
              </Flex>
            ),
          },
        ]}
      />
      {send.isError && <Failure error={send.error} />}
    </Form>
  )
}
