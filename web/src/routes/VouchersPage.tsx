import { PlusOutlined } from '@ant-design/icons'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { Pager } from '@/components/ui/Pager'
import { type Voucher, vouchersQuery } from '@/features/voucher/api'
import { Redeem } from '@/features/voucher/Redeem'
import { VoucherChip } from '@/features/voucher/VoucherChip'
import { VoucherModal } from '@/features/voucher/VoucherModal'
import { formatNumber, formatTime } from '@/lib/format'
import { currentCursor } from '@/lib/pages'

/** All vouchers with their figures, and the counter where codes are used. */
export function VouchersPage() {
  const { t, i18n } = useTranslation()
  const { page } = useSearch({ from: '/app/vouchers' })
  const navigate = useNavigate()
  const zone = useZone()
  const can = useCan()
  const [making, setMaking] = useState(false)
  const list = useQuery(vouchersQuery(currentCursor(page)))
  const items = list.data?.items ?? []
  const make = can('marketer') && (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      onClick={() => {
        setMaking(true)
      }}
    >
      {t('vouchers.new')}
    </Button>
  )
  const number = (n: number) => formatNumber(n, i18n.language)
  return (
    <Page title={t('vouchers.title')} extra={make} zone>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing text={t('vouchers.empty')} hint={t('vouchers.emptyHint')} action={make} />
      )}
      {items.length > 0 && (
        <Flex vertical gap={16}>
          <Table<Voucher>
            rowKey="id"
            size="middle"
            dataSource={items}
            pagination={false}
            loading={list.isPlaceholderData}
            scroll={{ x: 'max-content' }}
            columns={[
              {
                key: 'name',
                title: t('vouchers.name'),
                render: (_, v) => (
                  <Link to="/vouchers/$id" params={{ id: v.id }} className="strong">
                    {v.name}
                  </Link>
                ),
              },
              { key: 'state', title: t('vouchers.state'), render: (_, v) => <VoucherChip voucher={v} /> },
              { key: 'worth', title: t('vouchers.worth'), dataIndex: 'worth' },
              { key: 'free', title: t('vouchers.free'), align: 'right', render: (_, v) => number(v.counts.free) },
              { key: 'given', title: t('vouchers.given'), align: 'right', render: (_, v) => number(v.counts.given) },
              {
                key: 'redeemed',
                title: t('vouchers.redeemed'),
                align: 'right',
                render: (_, v) => number(v.counts.redeemed),
              },
              {
                key: 'until',
                title: t('vouchers.validUntil'),
                render: (_, v) => formatTime(v.valid_until, zone) || t('vouchers.always'),
              },
            ]}
          />
          <Pager
            trail={page}
            next={list.data?.next}
            onChange={(trail) => void navigate({ to: '/vouchers', search: { page: trail } })}
          />
          {can('care') && <Redeem />}
        </Flex>
      )}
      <VoucherModal
        open={making}
        zone={zone}
        onClose={() => {
          setMaking(false)
        }}
        onSaved={(voucher) => void navigate({ to: '/vouchers/$id', params: { id: voucher.id } })}
      />
    </Page>
  )
}
