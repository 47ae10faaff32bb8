import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { formatNumber } from '@/lib/format'

import type { Connection } from './api'
import { quotaQuery, trafficOf, trafficQuery } from './upkeep'

/** What went through a connection today and what waits for it, in one line. */
export function TrafficLine({ id }: { id: number }) {
  const { t, i18n } = useTranslation()
  const traffic = useQuery(trafficQuery)
  if (!traffic.data) return null
  const today = trafficOf(traffic.data, id)
  const n = (value = 0) => formatNumber(value, i18n.language)
  if (!today) return <small>{t('connections.quietToday')}</small>
  return (
    <small>
      {t('connections.today', { sent: n(today.requested), delivered: n(today.delivered), failed: n(today.failed) })}
      {today.waiting > 0 && ` · ${t('connections.waiting', { count: today.waiting })}`}
    </small>
  )
}

/** Our limits of a connection: calls a second and at once. */
export function LimitsLine({ connection }: { connection: Connection }) {
  const { t, i18n } = useTranslation()
  const rate = connection.rate_per_second
  return (
    <small>
      {rate > 0
        ? t('connections.limitLine', { rate: formatNumber(rate, i18n.language), concurrency: connection.concurrency })
        : t('connections.noLimitLine', { concurrency: connection.concurrency })}
    </small>
  )
}

/** What the provider still lets us send today; nothing for providers that do not tell. */
export function QuotaLine({ connection }: { connection: Connection }) {
  const { t, i18n } = useTranslation()
  const asked =
    (connection.provider === 'zalo' || connection.provider === 'etelecom') && connection.state !== 'disabled'
  const quota = useQuery({ ...quotaQuery(connection.id), enabled: asked })
  const q = quota.data
  if (!asked || !q?.known || q.daily < 0) return null
  const n = (value: number) => formatNumber(Math.max(0, value), i18n.language)
  return (
    <small>
      {t('connections.quota', { left: n(q.remaining), of: n(q.daily) })}
      {q.promotion > 0 &&
        ` · ${t('connections.quotaPromotion', { left: n(q.promotion_remaining), of: n(q.promotion) })}`}
      {q.consultation > 0 &&
        ` · ${t('connections.quotaConsultation', { left: n(q.consultation_remaining), of: n(q.consultation) })}`}
    </small>
  )
}
