import { useQuery } from '@tanstack/react-query'
import { Table, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { formatTime } from '@/lib/format'
import { currentCursor, type Trail } from '@/lib/pages'

import { type LogEntry, logQuery } from './api'
import { useAction } from './words'

/** Who did what to a campaign, newest first. */
export function CampaignLog({ campaign, zone }: { campaign: number; zone: string }) {
  const { t } = useTranslation()
  const action = useAction()
  const [trail, setTrail] = useState<Trail>()
  const log = useQuery(logQuery(campaign, currentCursor(trail)))
  if (log.isPending) return <Loading />
  if (log.isError) return <Failure error={log.error} retry={() => void log.refetch()} />
  const items = log.data.items ?? []
  if (items.length === 0) return <Nothing text={t('log.none')} />
  const who = (e: LogEntry) => {
    if (e.actor === 'system') return t('log.system')
    return e.name || e.actor
  }
  return (
    <>
      <Table<LogEntry>
        rowKey="id"
        size="small"
        pagination={false}
        loading={log.isPlaceholderData}
        dataSource={items}
        columns={[
          { key: 'at', title: t('people.time'), width: 170, render: (_, e) => formatTime(e.at, zone, true) },
          { key: 'who', title: t('log.who'), render: (_, e) => who(e) },
          {
            key: 'action',
            title: t('log.what'),
            render: (_, e) => (
              <>
                {action(e.action)}
                <Detail entry={e} />
              </>
            ),
          },
        ]}
      />
      <Pager trail={trail} next={log.data.next} onChange={setTrail} />
    </>
  )
}

const parts = ['name', 'purpose', 'audience', 'legs', 'options', 'schedule'] as const

/** What was noted beside the act, for those acts where it says something. */
function Detail({ entry }: { entry: LogEntry }) {
  const { t } = useTranslation()
  const d = (typeof entry.detail === 'object' && entry.detail !== null ? entry.detail : {}) as Record<string, unknown>
  const text = (key: string) => (typeof d[key] === 'string' ? d[key] : '')
  let words = ''
  if (Array.isArray(d.changed))
    words = parts
      .filter((p) => (d.changed as unknown[]).includes(p))
      .map((p) => t(`log.part.${p}`))
      .join(', ')
  else if (entry.action === 'campaign.rename') words = `${text('before')} → ${text('name')}`
  else if (entry.action === 'message.resolve') words = text('reason')
  if (!words) return null
  return (
    <div>
      <Typography.Text type="secondary">{words}</Typography.Text>
    </div>
  )
}
