import { useQuery } from '@tanstack/react-query'
import {
  Button,
  Card,
  DatePicker,
  Flex,
  Form,
  Grid,
  Input,
  InputNumber,
  Select,
  Table,
  type TableColumnsType,
  Typography,
} from 'antd'
import type { Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { formatMoney, formatTime } from '@/lib/format'

import { networks, type Price, pricesQuery, useAddPrice, useRemovePrice } from './api'
import { type Kinds, kindsOf } from './kinds'

interface Values {
  since?: Dayjs
  network?: string
  template?: string
  per: Price['per']
  vnd: number
}

interface PricesProps {
  connection: number
  channel: string
  zone: string
  mayChange: boolean
}

/** The price table of a connection. */
export function Prices({ connection, channel, zone, mayChange }: PricesProps) {
  const { t, i18n } = useTranslation()
  const confirm = useConfirm()
  const narrow = !Grid.useBreakpoint().md
  const list = useQuery(pricesQuery(connection))
  const remove = useRemovePrice(connection)
  const items = list.data?.items ?? []
  const kinds = kindsOf(channel)
  const since = (p: Price) => formatTime(p.since, zone) || t('costs.always')
  const network = (p: Price) => networks[p.network as keyof typeof networks] ?? (p.network || t('costs.anyNetwork'))
  const template = (p: Price) => p.template || t('costs.anyTemplate')
  const per = (p: Price) => t(`costs.pers.${p.per}`)
  const vnd = (p: Price) => formatMoney(p.vnd, i18n.language)
  const drop = (p: Price) =>
    mayChange && (
      <Button
        size="small"
        danger
        aria-label={`${t('costs.remove')}: ${vnd(p)}, ${per(p)}, ${since(p)}`}
        onClick={() => {
          confirm({
            title: t('costs.removePrice'),
            text: t('costs.removePriceText'),
            ok: t('costs.remove'),
            danger: true,
            action: () => remove.mutateAsync(p.id),
          })
        }}
      >
        {t('costs.remove')}
      </Button>
    )
  // What an older table tells apart is shown although it cannot be added any more.
  const told = {
    network: kinds.network || items.some((p) => p.network),
    template: kinds.template || items.some((p) => p.template),
  }
  const wide: TableColumnsType<Price> = [
    { key: 'since', title: t('costs.since'), rowScope: 'row', render: (_, p) => since(p) },
    ...(told.network
      ? [{ key: 'network', title: t('costs.network'), render: (_: unknown, p: Price) => network(p) }]
      : []),
    ...(told.template
      ? [{ key: 'template', title: t('costs.template'), render: (_: unknown, p: Price) => template(p) }]
      : []),
    { key: 'per', title: t('costs.per'), render: (_, p) => per(p) },
    { key: 'vnd', title: t('costs.vnd'), align: 'right', render: (_, p) => vnd(p) },
    { key: 'acts', title: <span className="skip">{t('common.more')}</span>, render: (_, p) => drop(p) },
  ]
  const slim: TableColumnsType<Price> = [
    {
      key: 'price',
      title: t('costs.prices'),
      rowScope: 'row',
      render: (_, p) => (
        <Flex justify="space-between" gap={8} align="center">
          <Flex vertical style={{ fontWeight: 'normal' }}>
            <span>
              <strong>{vnd(p)}</strong> / {per(p)}
            </span>
            <small>
              {t('costs.since')}: {since(p)}
            </small>
            {(told.network || told.template) && (
              <small>{[told.network && network(p), told.template && template(p)].filter(Boolean).join(' · ')}</small>
            )}
          </Flex>
          {drop(p)}
        </Flex>
      ),
    },
  ]
  return (
    <Card title={<h2 className="card-title">{t('costs.prices')}</h2>}>
      <Flex vertical gap={12}>
        <Typography.Text type="secondary">{t('costs.pricesHint')}</Typography.Text>
        {list.isPending && <Loading />}
        {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && items.length === 0 && <Nothing text={t('costs.noPrices')} hint={t('costs.noPricesHint')} />}
        {items.length > 0 && (
          <Table<Price>
            rowKey="id"
            size="small"
            dataSource={items}
            pagination={items.length > 50 ? { pageSize: 50 } : false}
            scroll={narrow ? undefined : { x: 'max-content' }}
            columns={narrow ? slim : wide}
          />
        )}
        {mayChange && <AddPrice connection={connection} zone={zone} kinds={kinds} />}
      </Flex>
    </Card>
  )
}

function AddPrice({ connection, zone, kinds }: { connection: number; zone: string; kinds: Kinds }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Values>()
  const add = useAddPrice(connection)
  const rest = useFormProblems(form, add.error)
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ per: kinds.per[0] }}
      onFinish={({ since, ...values }) => {
        // A day begins where the shop is.
        const from = since?.startOf('day').tz(zone, true).toISOString()
        add.mutate(
          { ...values, since: from },
          {
            onSuccess: () => {
              form.resetFields()
            },
          },
        )
      }}
    >
      <Flex gap={12} wrap align="end">
        <Form.Item name="since" label={t('costs.since')}>
          <DatePicker format="DD/MM/YYYY" placeholder={t('costs.always')} />
        </Form.Item>
        {kinds.network && (
          <Form.Item name="network" label={t('costs.network')}>
            <Select
              allowClear
              style={{ minWidth: 160 }}
              placeholder={t('costs.anyNetwork')}
              options={Object.entries(networks).map(([value, label]) => ({ value, label }))}
            />
          </Form.Item>
        )}
        {kinds.template && (
          <Form.Item name="template" label={t('costs.template')}>
            <Input placeholder={t('costs.anyTemplate')} maxLength={64} />
          </Form.Item>
        )}
        <Form.Item name="per" label={t('costs.per')} hidden={kinds.per.length === 1}>
          <Select
            style={{ minWidth: 160 }}
            options={kinds.per.map((value) => ({ value, label: t(`costs.pers.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="vnd" label={t('costs.vnd')} rules={[{ required: true, message: t('common.required') }]}>
          <InputNumber min={0} max={10_000_000} precision={0} style={{ width: 130 }} />
        </Form.Item>
        <Form.Item>
          <Button htmlType="submit" loading={add.isPending}>
            {t('costs.add')}
          </Button>
        </Form.Item>
      </Flex>
      {rest !== undefined && rest !== null && <Failure error={rest} />}
    </Form>
  )
}
