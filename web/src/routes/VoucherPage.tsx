import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Flex, Select, Statistic, Table, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { Pager } from '@/components/ui/Pager'
import { peopleQuery, type PersonState, useVoucherActs, type Voucher, voucherQuery } from '@/features/voucher/api'
import { CodesModal } from '@/features/voucher/CodesModal'
import { VoucherChip } from '@/features/voucher/VoucherChip'
import { VoucherModal } from '@/features/voucher/VoucherModal'
import { formatNumber, formatTime } from '@/lib/format'
import { currentCursor } from '@/lib/pages'

const personStates: PersonState[] = ['given', 'waiting', 'failed']

/** One voucher: its figures, its codes, and who got one or why not. */
export function VoucherPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/vouchers/$id' })
  const voucher = useQuery(voucherQuery(id))
  const back = { text: t('vouchers.title'), to: '/vouchers' } as const
  if (voucher.data) return <Loaded voucher={voucher.data} />
  return (
    <Page title={t('vouchers.title')} back={back}>
      {voucher.isPending ? <Loading /> : <Failure error={voucher.error} retry={() => void voucher.refetch()} />}
    </Page>
  )
}

function Loaded({ voucher }: { voucher: Voucher }) {
  const { t, i18n } = useTranslation()
  const zone = useZone()
  const { counts } = voucher
  const figure = (title: string, n: number) => (
    <Statistic title={title} value={n} formatter={() => formatNumber(n, i18n.language)} />
  )
  const span = [voucher.valid_from, voucher.valid_until].map((at) => formatTime(at, zone))
  return (
    <Page
      title={voucher.name}
      mark={<VoucherChip voucher={voucher} />}
      back={{ text: t('vouchers.title'), to: '/vouchers' }}
      extra={<Acts voucher={voucher} zone={zone} />}
      zone
    >
      <Flex vertical gap={20}>
        <Typography.Text>
          {voucher.worth && <strong>{voucher.worth} · </strong>}
          {t('vouchers.validFrom')}: {span[0] || t('vouchers.always')} · {t('vouchers.validUntil')}:{' '}
          {span[1] || t('vouchers.always')}
        </Typography.Text>
        {voucher.description && <Typography.Text type="secondary">{voucher.description}</Typography.Text>}
        <Flex gap={32} wrap>
          {figure(t('vouchers.codes'), counts.codes)}
          {figure(t('vouchers.free'), counts.free)}
          {figure(t('vouchers.given'), counts.given)}
          {figure(t('vouchers.redeemed'), counts.redeemed)}
          {counts.waiting > 0 && figure(t('vouchers.waiting'), counts.waiting)}
          {figure(t('vouchers.failed'), counts.failed)}
        </Flex>
        <People voucher={voucher} zone={zone} />
      </Flex>
    </Page>
  )
}

function Acts({ voucher, zone }: { voucher: Voucher; zone: string }) {
  const { t } = useTranslation()
  const can = useCan()
  const confirm = useConfirm()
  const navigate = useNavigate()
  const acts = useVoucherActs(voucher.id)
  const [shown, setShown] = useState<'edit' | 'codes'>()
  if (!can('marketer')) return null
  const hide = () => {
    setShown(undefined)
  }
  return (
    <>
      <Button
        type="primary"
        onClick={() => {
          setShown('codes')
        }}
      >
        {t('vouchers.addCodes')}
      </Button>
      <Button
        onClick={() => {
          setShown('edit')
        }}
      >
        {t('common.edit')}
      </Button>
      {voucher.closed_at ? (
        <Button onClick={() => void acts.open.mutateAsync(undefined)}>{t('vouchers.reopen')}</Button>
      ) : (
        <Button
          onClick={() => {
            confirm({
              title: `${t('vouchers.close')}: ${voucher.name}`,
              text: t('vouchers.closeText', { count: voucher.counts.given }),
              ok: t('vouchers.close'),
              danger: true,
              action: () => acts.close.mutateAsync(undefined),
            })
          }}
        >
          {t('vouchers.close')}
        </Button>
      )}
      <Button
        danger
        disabled={voucher.counts.given + voucher.counts.waiting > 0}
        onClick={() => {
          confirm({
            title: `${t('common.delete')}: ${voucher.name}`,
            text: t('vouchers.deleteText', { count: voucher.counts.free }),
            ok: t('common.delete'),
            danger: true,
            action: async () => {
              await acts.remove.mutateAsync(undefined)
              await navigate({ to: '/vouchers' })
            },
          })
        }}
      >
        {t('common.delete')}
      </Button>
      <VoucherModal voucher={voucher} zone={zone} open={shown === 'edit'} onClose={hide} />
      <CodesModal id={voucher.id} open={shown === 'codes'} onClose={hide} />
    </>
  )
}

function People({ voucher, zone }: { voucher: Voucher; zone: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const can = useCan()
  const search = useSearch({ from: '/app/vouchers/$id' })
  const navigate = useNavigate()
  const people = useQuery(peopleQuery(voucher.id, search.state, currentCursor(search.page)))
  const acts = useVoucherActs(voucher.id)
  const items = people.data?.items ?? []
  const go = (next: typeof search) =>
    void navigate({ to: '/vouchers/$id', params: { id: voucher.id }, search: next, resetScroll: false })
  return (
    <section aria-labelledby="people">
      <Flex justify="space-between" wrap gap={8} style={{ marginBottom: 12 }}>
        <Typography.Title level={2} id="people" style={{ fontSize: 18, margin: 0 }}>
          {t('vouchers.people')}
        </Typography.Title>
        <Flex gap={8} wrap>
          <Select
            allowClear
            aria-label={t('vouchers.state')}
            placeholder={t('vouchers.state')}
            style={{ minWidth: 160 }}
            value={search.state}
            options={personStates.map((state) => ({ value: state, label: t(`vouchers.${state}`) }))}
            onChange={(state?: PersonState) => {
              go({ state })
            }}
          />
          {can('marketer') && voucher.counts.failed > 0 && (
            <Button
              loading={acts.retry.isPending}
              onClick={() => {
                acts.retry.mutate(undefined, {
                  onSuccess: ({ given }) => void message.success(t('vouchers.retried', { count: given })),
                })
              }}
            >
              {t('vouchers.retry')}
            </Button>
          )}
        </Flex>
      </Flex>
      {acts.retry.isError && <Failure error={acts.retry.error} />}
      {people.isPending && <Loading />}
      {people.isError && <Failure error={people.error} retry={() => void people.refetch()} />}
      {people.isSuccess && items.length === 0 && (
        <Nothing text={search.state ? t('common.emptyFilter') : t('vouchers.peopleEmpty')} />
      )}
      {items.length > 0 && (
        <Table
          rowKey="contact_id"
          size="middle"
          dataSource={items}
          pagination={false}
          scroll={{ x: 'max-content' }}
          columns={[
            {
              key: 'person',
              title: t('vouchers.person'),
              render: (_, p) => (
                <Link to={`/contacts/${p.contact_id}` as '/contacts'}>{p.name || `#${p.contact_id}`}</Link>
              ),
            },
            { key: 'state', title: t('vouchers.state'), render: (_, p) => t(`vouchers.${p.state}`) },
            { key: 'code', title: t('vouchers.code'), render: (_, p) => p.code && <code>{p.code}</code> },
            { key: 'reason', title: t('vouchers.reason'), render: (_, p) => p.advice },
            {
              key: 'campaign',
              title: t('vouchers.campaign'),
              render: (_, p) =>
                p.campaign_id ? (
                  <Link to={`/campaigns/${p.campaign_id}` as '/campaigns'}>
                    {p.campaign_name || t('campaigns.unnamed')}
                  </Link>
                ) : undefined,
            },
            { key: 'asked', title: t('vouchers.askedAt'), render: (_, p) => formatTime(p.asked_at, zone) },
            { key: 'used', title: t('vouchers.usedAt'), render: (_, p) => formatTime(p.redeemed_at, zone) },
          ]}
        />
      )}
      <Pager
        trail={search.page}
        next={people.data?.next}
        onChange={(page) => {
          go({ ...search, page })
        }}
      />
    </section>
  )
}
