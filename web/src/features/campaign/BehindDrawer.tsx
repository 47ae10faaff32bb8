import { useQuery } from '@tanstack/react-query'
import { Drawer, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { currentCursor, type Trail } from '@/lib/pages'
import { useChannel } from '@/lib/words'

import { type Behind, behindQuery } from './api'
import { useRefusal } from './words'

interface BehindDrawerProps {
  campaign: number
  behind?: Behind
  legs: { channel: string }[]
  onClose: () => void
}

/** The people behind a number of the forecast. Open while a number is given. */
export function BehindDrawer({ campaign, behind, legs, onClose }: BehindDrawerProps) {
  const { t } = useTranslation()
  const channel = useChannel()
  const refusal = useRefusal()
  const leg = behind && legs[behind.rank]
  const where = leg ? channel(leg.channel) : t('forecast.unreachable')
  const title = behind?.reason
    ? `${where}: ${refusal(behind.reason)}`
    : leg
      ? t('forecast.reached', { channel: where })
      : where
  return (
    <Drawer
      open={behind !== undefined}
      title={title}
      size={520}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={onClose}
      destroyOnHidden
    >
      {behind && <BehindList key={`${behind.rank} ${behind.reason ?? ''}`} campaign={campaign} behind={behind} />}
    </Drawer>
  )
}

/** The people themselves, page by page. */
export function BehindList({ campaign, behind }: { campaign: number; behind: Behind }) {
  const { t } = useTranslation()
  const [trail, setTrail] = useState<Trail>()
  const people = useQuery(behindQuery(campaign, behind, currentCursor(trail)))
  if (people.isPending) return <Loading />
  if (people.isError) return <Failure error={people.error} retry={() => void people.refetch()} />
  const items = people.data.items ?? []
  if (items.length === 0) return <Nothing text={t('people.empty')} />
  return (
    <>
      <Table
        rowKey="id"
        size="small"
        pagination={false}
        loading={people.isPlaceholderData}
        dataSource={items}
        columns={[
          {
            key: 'name',
            title: t('people.person'),
            render: (_, p) => (
              <a href={`/contacts/${p.id}`} target="_blank" rel="noreferrer">
                {p.name || t('people.noName', { id: p.id })}
              </a>
            ),
          },
          {
            key: 'address',
            title: t('forecast.address'),
            render: (_, p) => [p.phone, p.email].filter(Boolean).join(' · ') || p.external_id,
          },
        ]}
      />
      <Pager trail={trail} next={people.data.next} onChange={setTrail} />
    </>
  )
}
