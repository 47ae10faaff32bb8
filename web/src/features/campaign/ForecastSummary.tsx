import { useQuery } from '@tanstack/react-query'
import { Descriptions, Flex, Spin } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { formatDuration, formatMoney, formatNumber, formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

import { forecastQuery } from './api'

/** What an activation would do, shown before somebody confirms it. */
export function ForecastSummary({ id, zone }: { id: number; zone: string }) {
  const { t, i18n } = useTranslation()
  const channel = useChannel()
  const forecast = useQuery(forecastQuery(id))
  if (forecast.isPending)
    return (
      <Flex gap={8} align="center" role="status">
        <Spin size="small" /> {t('forecast.loading')}
      </Flex>
    )
  if (forecast.isError) return <Failure error={forecast.error} retry={() => void forecast.refetch()} />
  const f = forecast.data
  const n = (x: number) => formatNumber(x, i18n.language)
  const money = (x: number) => formatMoney(x, i18n.language)
  const items = [
    { key: 'people', label: t('forecast.people'), children: n(f.people) },
    { key: 'send', label: t('forecast.willSend'), children: <strong>{n(f.will_send)}</strong> },
    {
      key: 'channels',
      label: t('forecast.byChannel'),
      children: (f.ranks ?? []).map((r) => `${channel(r.channel)} ${n(r.people)}`).join(' · ') || '–',
    },
    { key: 'unreachable', label: t('forecast.unreachable'), children: n(f.unreachable) },
    { key: 'duplicates', label: t('forecast.duplicates'), children: n(f.duplicates) },
    ...(f.values_unsent > 0 ? [{ key: 'values', label: t('values.unsent'), children: n(f.values_unsent) }] : []),
    {
      key: 'cost',
      label: t('forecast.cost'),
      children: (
        <>
          {f.cost_max_vnd > f.cost_vnd
            ? t('forecast.costRange', { min: money(f.cost_vnd), max: money(f.cost_max_vnd) })
            : money(f.cost_vnd)}{' '}
          <small>({t(f.exact ? 'forecast.exact' : 'forecast.sampled')})</small>
        </>
      ),
    },
    ...(f.seconds > 0
      ? [{ key: 'time', label: t('forecast.duration'), children: formatDuration(f.seconds, i18n.language) }]
      : []),
    ...(f.opens_at ? [{ key: 'opens', label: t('forecast.opensAt'), children: formatTime(f.opens_at, zone) }] : []),
  ]
  return <Descriptions size="small" column={1} bordered items={items} />
}
