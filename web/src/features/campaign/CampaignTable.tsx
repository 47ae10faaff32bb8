import { Link } from '@tanstack/react-router'
import { Flex, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'

import { StateChip } from '@/components/ui/Chip'
import { formatTime } from '@/lib/format'
import { useChannels } from '@/lib/words'

import type { Campaign } from './api'
import { CampaignActions } from './CampaignActions'
import { CampaignProgress } from './CampaignProgress'

/** The campaigns of one page. On a narrow screen everything stands under the name. */
export function CampaignTable(props: {
  items: Campaign[]
  zone: string
  narrow: boolean
  loading: boolean
  onEdit: (campaign: Campaign) => void
}) {
  const { t } = useTranslation()
  const channels = useChannels()
  const { items, zone, narrow, loading, onEdit } = props
  const name = (c: Campaign) => (
    <Link to="/campaigns/$id" params={{ id: c.id }} className="strong">
      {c.name || t('campaigns.unnamed')}
    </Link>
  )
  const progress = (c: Campaign) =>
    c.counts ? (
      <CampaignProgress counts={c.counts} channels={(c.legs ?? []).map((l) => l.channel)} small />
    ) : (
      t('common.never')
    )
  const start = (c: Campaign) => formatTime(c.started_at ?? c.schedule_at, zone) || t('common.never')

  const menu = (c: Campaign) => <CampaignActions row campaign={c} zone={zone} onEdit={onEdit} />

  const wide: TableColumnsType<Campaign> = [
    { key: 'name', title: t('campaigns.name'), render: (_, c) => name(c) },
    { key: 'state', title: t('campaigns.state'), width: 140, render: (_, c) => <StateChip state={c.state} /> },
    { key: 'channels', title: t('campaigns.channels'), width: 165, render: (_, c) => channels(c.legs) },
    { key: 'progress', title: t('campaigns.progress'), width: 220, render: (_, c) => progress(c) },
    { key: 'start', title: t('campaigns.start'), width: 140, render: (_, c) => start(c) },
    {
      key: 'updated',
      title: t('campaigns.updated'),
      width: 140,
      responsive: ['xl'],
      render: (_, c) => formatTime(c.updated_at, zone),
    },
    {
      key: 'menu',
      title: <span className="skip">{t('common.more')}</span>,
      width: 56,
      align: 'right',
      render: (_, c) => menu(c),
    },
  ]
  const slim: TableColumnsType<Campaign> = [
    {
      key: 'name',
      title: t('campaigns.name'),
      render: (_, c) => (
        <Flex vertical gap={6}>
          <Flex justify="space-between" gap={8}>
            {name(c)}
            {menu(c)}
          </Flex>
          <span>
            <StateChip state={c.state} /> {channels(c.legs)}
          </span>
          {c.counts && progress(c)}
        </Flex>
      ),
    },
  ]
  return (
    <Table<Campaign>
      rowKey="id"
      columns={narrow ? slim : wide}
      dataSource={items}
      pagination={false}
      loading={loading}
      size="middle"
    />
  )
}
