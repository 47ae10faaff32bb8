import { MoreOutlined } from '@ant-design/icons'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Dropdown, Flex, Table, type TableColumnsType, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { formatTime } from '@/lib/format'

import type { Segment } from './api'
import { SegmentSize } from './SegmentSize'
import { useAskDelete } from './useAskDelete'
import './segment.css'

/** The segments of one page. On a narrow screen everything stands under the name. */
export function SegmentTable(props: { items: Segment[]; zone: string; narrow: boolean; loading: boolean }) {
  const { t } = useTranslation()
  const { items, zone, narrow, loading } = props
  const name = (s: Segment) => (
    <Flex vertical>
      <Link to="/segments/$id" params={{ id: s.id }} className="strong">
        {s.name}
      </Link>
      <Typography.Text type="secondary">{s.summary || t('segments.broken')}</Typography.Text>
    </Flex>
  )
  const uses = (s: Segment) => (s.use_count > 0 ? t('segments.uses', { count: s.use_count }) : t('segments.unused'))
  const actions = {
    key: 'actions',
    title: <span className="visually-hidden">{t('common.more')}</span>,
    width: 56,
    render: (_: unknown, s: Segment) => <RowMenu segment={s} />,
  }
  const wide: TableColumnsType<Segment> = [
    { key: 'name', title: t('segments.name'), render: (_, s) => name(s) },
    { key: 'size', title: t('segments.size'), width: 130, align: 'end', render: (_, s) => <SegmentSize segment={s} /> },
    { key: 'uses', title: t('segments.usedBy'), width: 160, render: (_, s) => uses(s) },
    { key: 'created', title: t('segments.created'), width: 150, render: (_, s) => formatTime(s.created_at, zone) },
    actions,
  ]
  const slim: TableColumnsType<Segment> = [
    {
      key: 'name',
      title: t('segments.name'),
      render: (_, s) => (
        <Flex vertical gap={4}>
          {name(s)}
          <small>
            <SegmentSize segment={s} words /> · {uses(s)}
          </small>
        </Flex>
      ),
    },
    actions,
  ]
  return (
    <Table<Segment>
      rowKey="id"
      columns={narrow ? slim : wide}
      dataSource={items}
      pagination={false}
      loading={loading}
      size="middle"
    />
  )
}

function RowMenu({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const may = useCan()('marketer')
  const askDelete = useAskDelete()
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'edit', label: t('common.edit'), disabled: !may },
          { key: 'clone', label: t('common.clone'), disabled: !may },
          { key: 'delete', label: t('common.delete'), danger: true, disabled: !may },
        ],
        onClick: ({ key }) => {
          if (key === 'edit') void navigate({ to: '/segments/$id/edit', params: { id: segment.id } })
          if (key === 'clone') void navigate({ to: '/segments/new', search: { from: segment.id } })
          if (key === 'delete') askDelete(segment)
        },
      }}
    >
      <Button type="text" icon={<MoreOutlined />} aria-label={t('segments.actionsOf', { name: segment.name })} />
    </Dropdown>
  )
}
