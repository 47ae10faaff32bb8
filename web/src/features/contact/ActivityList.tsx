import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Tag, Timeline, Typography } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { StatusChip } from '@/components/ui/Chip'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { statusColours, type Status } from '@/components/ui/status'
import { formatTime } from '@/lib/format'
import { currentCursor } from '@/lib/pages'
import { useChannel, useFact } from '@/lib/words'

import { type Activity, activityQuery } from './api'

interface ActivityListProps {
  contact: number
  zone: string
  page?: string
  onPage: (page?: string) => void
  /** Opens the explanation of one message. */
  onWhy: (a: Activity) => void
  /** Writes the name of what sent the message, as a link where there is a page for it. */
  source: (a: Activity) => ReactNode
}

/** Everything that a person got, or was left out of, over all campaigns; newest first. */
export function ActivityList({ contact, zone, page, onPage, onWhy, source }: ActivityListProps) {
  const { t } = useTranslation()
  const channel = useChannel()
  const fact = useFact()
  const list = useQuery(activityQuery(contact, currentCursor(page)))
  if (list.isPending) return <Loading />
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />
  const items = list.data.items ?? []
  if (items.length === 0) return <Nothing text={t('contacts.noActivity')} hint={t('contacts.noActivityHint')} />
  return (
    <>
      <Timeline
        items={items.map((a) => ({
          key: a.message_id,
          color: a.status in statusColours ? statusColours[a.status as Status] : 'gray',
          content: (
            <Flex vertical gap={4}>
              <Flex gap={8} wrap align="center">
                <strong>{source(a)}</strong>
                <Tag style={{ margin: 0 }}>{channel(a.channel)}</Tag>
                <StatusChip status={a.status} channel={a.channel} />
                <Button
                  size="small"
                  aria-haspopup="dialog"
                  aria-label={t('contacts.whyOf', { name: a.run })}
                  onClick={() => {
                    onWhy(a)
                  }}
                >
                  {t('contacts.why')}
                </Button>
              </Flex>
              {a.cause && <span>{a.cause.meaning || a.cause.code}</span>}
              <Typography.Text type="secondary">
                {Object.entries(a.facts)
                  .sort(([, x], [, y]) => x - y)
                  .map(([name, at]) => `${fact(name, a.channel)} ${formatTime(at, zone, true)}`)
                  .join(' · ')}
              </Typography.Text>
            </Flex>
          ),
        }))}
      />
      <Pager trail={page} next={list.data.next} onChange={onPage} />
    </>
  )
}
