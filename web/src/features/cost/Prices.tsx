import { useQuery } from '@tanstack/react-query'
import { Button, Card, DatePicker, Flex, Form, Input, InputNumber, Select, Table, Typography } from 'antd'
import type { Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { formatMoney, formatTime } from '@/lib/format'

import { networks, type Price, pricesQuery, useAddPrice, useRemovePrice } from './api'

interface Values {
  since?: Dayjs
  network?: string
  template?: string
  per: string
  vnd: number
}

/** The price table of a connection. */
export function Prices({ connection, zone, mayChange }: { connection: number; zone: string; mayChange: boolean }) {
  const { t, i18n } = useTranslation()
  const confirm = useConfirm()
  const list = useQuery(pricesQuery(connection))
  const remove = useRemovePrice(connection)
  const items = list.data?.items ?? []
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
            scroll={{ x: 'max-content' }}
            columns={[
              {
                key: 'since',
                title: t('costs.since'),
                rowScope: 'row',
                render: (_, p) => formatTime(p.since, zone) || t('costs.always'),
              },
              {
                key: 'network',
                title: t('costs.network'),
                render: (_, p) => networks[p.network as keyof typeof networks] ?? t('costs.anyNetwork'),
              },
              { key: 'template', title: t('costs.template'), render: (_, p) => p.template || t('costs.anyTemplate') },
              {
                key: 'per',
                title: t('costs.per'),
                render: (_, p) =>
                  ({ part: t('costs.perPart'), thousand: t('costs.perThousand'), message: t('costs.perMessage') })[
                    p.per
                  ],
              },
              {
                key: 'vnd',
                title: t('costs.vnd'),
                align: 'right',
                render: (_, p) => formatMoney(p.vnd, i18n.language),
              },
              ...(mayChange
                ? [
                    {
                      key: 'acts',
                      title: '',
                      render: (_: unknown, p: Price) => (
                        <Button
                          size="small"
                          danger
                          aria-label={`${t('costs.remove')} ${formatMoney(p.vnd, i18n.language)}`}
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
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
        {mayChange && <AddPrice connection={connection} zone={zone} />}
      </Flex>
    </Card>
  )
}

function AddPrice({ connection, zone }: { connection: number; zone: string }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Values>()
  const add = useAddPrice(connection)
  const rest = useFormProblems(form, add.error)
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      initialValues={{ per: 'message' }}
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
        <Form.Item name="network" label={t('costs.network')}>
          <Select
            allowClear
            style={{ minWidth: 160 }}
            placeholder={t('costs.anyNetwork')}
            options={Object.entries(networks).map(([value, label]) => ({ value, label }))}
          />
        </Form.Item>
        <Form.Item name="template" label={t('costs.template')}>
          <Input placeholder={t('costs.anyTemplate')} maxLength={64} />
        </Form.Item>
        <Form.Item name="per" label={t('costs.per')}>
          <Select
            style={{ minWidth: 160 }}
            options={[
              { value: 'message', label: t('costs.perMessage') },
              { value: 'part', label: t('costs.perPart') },
              { value: 'thousand', label: t('costs.perThousand') },
            ]}
          />
        </Form.Item>
        <Form.Item name="vnd" label={t('costs.vnd')} rules={[{ required: true }]}>
          <InputNumber min={0} max={10_000_000} precision={0} />
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
