import { MoreOutlined } from '@ant-design/icons'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Dropdown, Flex, Table, type TableColumnsType, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

import { useAskDelete, useClone } from './actions'
import type { TemplateLine } from './api'
import './template.css'

/** The templates of one page. On a narrow screen everything stands under the name. */
export function TemplateTable(props: { items: TemplateLine[]; zone: string; narrow: boolean; loading: boolean }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const { items, zone, narrow, loading } = props
  const about = (l: TemplateLine) =>
    l.channel === 'zns' ? t('templates.zns.number', { id: l.about }) : l.about || t('common.never')
  const uses = (l: TemplateLine) =>
    l.use_count > 0 ? t('templates.usedIn', { count: l.use_count }) : t('templates.unused')
  const name = (l: TemplateLine) => (
    <Flex vertical>
      <Link to="/templates/$id" params={{ id: l.id }} search={{}} className="strong">
        {l.name}
      </Link>
      <Typography.Text type="secondary" className="template-about" ellipsis>
        {about(l)}
      </Typography.Text>
    </Flex>
  )
  const actions = {
    key: 'actions',
    title: <span className="visually-hidden">{t('common.more')}</span>,
    width: 56,
    render: (_: unknown, l: TemplateLine) => <RowMenu line={l} />,
  }
  const wide: TableColumnsType<TemplateLine> = [
    { key: 'name', title: t('templates.name'), ellipsis: true, render: (_, l) => name(l) },
    { key: 'channel', title: t('templates.channel'), width: 120, render: (_, l) => <Tag>{channel(l.channel)}</Tag> },
    { key: 'uses', title: t('templates.usedBy'), width: 170, render: (_, l) => uses(l) },
    { key: 'updated', title: t('templates.updated'), width: 150, render: (_, l) => formatTime(l.updated_at, zone) },
    actions,
  ]
  const slim: TableColumnsType<TemplateLine> = [
    {
      key: 'name',
      title: t('templates.name'),
      ellipsis: true,
      render: (_, l) => (
        <Flex vertical gap={4}>
          {name(l)}
          <small>
            {channel(l.channel)} · {uses(l)}
          </small>
        </Flex>
      ),
    },
    actions,
  ]
  return (
    <Table<TemplateLine>
      rowKey="id"
      columns={narrow ? slim : wide}
      dataSource={items}
      pagination={false}
      loading={loading}
      size="middle"
      tableLayout="fixed"
    />
  )
}

function RowMenu({ line }: { line: TemplateLine }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const may = useCan()('marketer')
  const ask = useAskDelete()
  const clone = useClone()
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'open', label: t(may ? 'common.edit' : 'templates.open') },
          { key: 'clone', label: t('common.clone'), disabled: !may },
          { key: 'delete', label: t('common.delete'), danger: true, disabled: !may },
        ],
        onClick: ({ key }) => {
          if (key === 'open') void navigate({ to: '/templates/$id', params: { id: line.id }, search: {} })
          if (key === 'clone')
            void clone(line).then((made) => {
              if (made) void navigate({ to: '/templates/$id', params: { id: made.id }, search: {} })
            })
          if (key === 'delete') void ask(line)
        },
      }}
    >
      <Button type="text" icon={<MoreOutlined />} aria-label={t('templates.actionsOf', { name: line.name })} />
    </Dropdown>
  )
}
