import { QuestionCircleOutlined } from '@ant-design/icons'
import { Button, Flex, Table, type TableColumnsType, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { StatusChip } from '@/components/ui/Chip'
import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

import type { Activity } from './api'

/** The people behind a number: one line per message, with the cause of what did not arrive and the way to "Vì sao?". */
export function PeopleTable(props: {
  items: Activity[]
  zone: string
  narrow: boolean
  loading: boolean
  onWhy: (contact: number) => void
}) {
  const { t } = useTranslation()
  const channel = useChannel()
  const { items, zone, narrow, loading, onWhy } = props

  const name = (a: Activity) => a.contact.name || t('people.noName', { id: a.contact.id })
  const person = (a: Activity) => (
    <Flex vertical>
      <span className="strong">{name(a)}</span>
      <Typography.Text type="secondary">
        {(a.channel === 'email' ? a.contact.email : a.contact.phone) ?? a.contact.phone ?? a.contact.email}
      </Typography.Text>
    </Flex>
  )
  const status = (a: Activity) => (
    <>
      <StatusChip status={a.status} channel={a.channel} />
      {a.superseded && <Typography.Text type="secondary"> {t('people.superseded')}</Typography.Text>}
    </>
  )
  const why = (a: Activity) => (
    <Button
      size="small"
      icon={<QuestionCircleOutlined />}
      aria-label={t('people.whyOf', { name: name(a) })}
      onClick={() => {
        onWhy(a.contact.id)
      }}
    >
      {t('people.why')}
    </Button>
  )

  const wide: TableColumnsType<Activity> = [
    { key: 'person', title: t('people.person'), width: '24%', render: (_, a) => person(a) },
    { key: 'channel', title: t('people.channel'), width: 70, render: (_, a) => channel(a.channel) },
    { key: 'status', title: t('people.status'), width: 170, render: (_, a) => status(a) },
    { key: 'time', title: t('people.time'), width: 150, render: (_, a) => formatTime(latest(a), zone) },
    { key: 'cause', title: t('people.cause'), render: (_, a) => a.cause?.meaning },
    { key: 'why', title: t('people.why'), width: 110, render: (_, a) => why(a) },
  ]
  const slim: TableColumnsType<Activity> = [
    {
      key: 'person',
      title: t('people.person'),
      render: (_, a) => (
        <Flex vertical gap={4}>
          {person(a)}
          <span>
            {channel(a.channel)} · {status(a)}
          </span>
          {a.cause && <Typography.Text type="secondary">{a.cause.meaning}</Typography.Text>}
          <span>{why(a)}</span>
        </Flex>
      ),
    },
  ]
  return (
    <Table<Activity>
      rowKey="message_id"
      size="small"
      columns={narrow ? slim : wide}
      dataSource={items}
      pagination={false}
      loading={loading}
    />
  )
}

/** The time of the newest thing that is known of a message; 0 = nothing happened yet. */
const latest = (a: Activity): number => Math.max(0, ...Object.values(a.facts))
