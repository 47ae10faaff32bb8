import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Flex, Progress } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'

import type { Connection } from './api'
import { type OASync, oaSyncQuery, useOASync } from './upkeep'

/** Reads the people of an OA into the customers, with the progress of the last reading. */
export function OAPeople({ connection, zone }: { connection: Connection; zone: string }) {
  const { t } = useTranslation()
  const can = useCan()
  const queries = useQueryClient()
  const sync = useQuery(oaSyncQuery(connection.id))
  const { start, stop } = useOASync(connection.id)
  const state = sync.data?.state
  const before = useRef(state)
  useEffect(() => {
    if (before.current === 'running' && state === 'finished') void queries.invalidateQueries({ queryKey: ['contacts'] })
    before.current = state
  }, [state, queries])
  return (
    <Card title={<h2 className="card-title">{t('oa.people')}</h2>}>
      <Flex vertical gap={12} align="start">
        <p style={{ margin: 0 }}>{t('oa.peopleText')}</p>
        {sync.isError && <Failure error={sync.error} retry={() => void sync.refetch()} />}
        {sync.data && <State sync={sync.data} zone={zone} />}
        {can('marketer') && sync.data && (
          <Flex gap={8}>
            {state === 'running' ? (
              <Button
                loading={stop.isPending}
                onClick={() => {
                  stop.mutate()
                }}
              >
                {t('oa.stop')}
              </Button>
            ) : (
              <Button
                loading={start.isPending}
                disabled={connection.state === 'disabled'}
                onClick={() => {
                  start.mutate()
                }}
              >
                {t(state === 'none' ? 'oa.read' : 'oa.readAgain')}
              </Button>
            )}
          </Flex>
        )}
        {start.isError && <Failure error={start.error} />}
        {stop.isError && <Failure error={stop.error} />}
      </Flex>
    </Card>
  )
}

/** The most people whom Zalo lists. */
const listed = 10_000

function State({ sync, zone }: { sync: OASync; zone: string }) {
  const { t } = useTranslation()
  const { done, total, followers, failure, advice } = sync
  const text = sync.failure_text ?? ''
  switch (sync.state) {
    case 'running':
      return (
        <div role="status" style={{ width: '100%', maxWidth: 560 }}>
          {t('oa.running', { done, total })}
          <Progress
            percent={total > 0 ? Math.min(99, Math.floor((100 * done) / Math.min(total, listed))) : 0}
            aria-label={t('oa.progress')}
          />
          {failure && <small>{t('oa.slow', { code: failure })}</small>}
        </div>
      )
    case 'finished':
      return (
        <div role="status">
          {t('oa.finished', { done, fresh: sync.new, followers, time: formatTime(sync.finished_at, zone) })}
          {total > listed && <div>{t('oa.partial')}</div>}
        </div>
      )
    case 'cancelled':
      return <div role="status">{t('oa.cancelled', { done, total })}</div>
    case 'failed':
      return (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={`${t('oa.failed', { code: failure ?? '' })}${text && `: ${text}`}`}
          description={advice}
        />
      )
    default:
      return null
  }
}
