import { useQuery } from '@tanstack/react-query'
import { Card, Flex, Segmented, Statistic } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { type Status, statusColours } from '@/components/ui/status'
import { formatMoney, formatNumber } from '@/lib/format'
import { useChannel } from '@/lib/words'

import { type Daily, dailyQuery, type Period, periods } from './api'
import { Bars } from './Bars'
import { byChannel, byStatus, channelColours, costs, sumOf, total, type View, views } from './daily'
import './overview.css'

interface DailyChartsProps {
  days: Period
  view: View
  people?: number
  onDays: (days: Period) => void
  onView: (view: View) => void
}

/** What was sent in the last days and what it cost: sums and two charts. */
export function DailyCharts({ days, view, people, onDays, onView }: DailyChartsProps) {
  const { t } = useTranslation()
  const daily = useQuery(dailyQuery(days))
  return (
    <section aria-labelledby="sent">
      <Flex justify="space-between" align="center" wrap gap={8} style={{ marginBottom: 12 }}>
        <h2 id="sent" className="section-title">
          {t('overview.sent')}
        </h2>
        <Segmented<Period>
          aria-label={t('overview.period')}
          value={days}
          options={periods.map((value) => ({ value, label: t('overview.days', { count: value }) }))}
          onChange={onDays}
        />
      </Flex>
      {daily.isPending && <Loading />}
      {daily.isError && <Failure error={daily.error} retry={() => void daily.refetch()} />}
      {daily.data && <Figures daily={daily.data} view={view} people={people} onView={onView} />}
    </section>
  )
}

function Figures(props: { daily: Daily; view: View; people?: number; onView: (view: View) => void }) {
  const { t, i18n } = useTranslation()
  const { daily, view, people, onView } = props
  const channel = useChannel()
  const number = (n: number) => formatNumber(n, i18n.language)
  const money = (n: number) => formatMoney(n, i18n.language)
  const days = daily.days ?? []
  const spent = costs(daily)
  const sums: [string, string][] = [
    [t('overview.people'), people === undefined ? '–' : number(people)],
    [t('status.sent'), number(sumOf(daily, 'requested'))],
    [t('status.delivered'), number(sumOf(daily, 'delivered'))],
    [t('status.failed'), number(sumOf(daily, 'failed'))],
    [t('overview.cost'), money(spent.reduce((sum, line) => sum + total(line), 0))],
  ]
  return (
    <Flex vertical gap={16}>
      <div className="figures">
        {sums.map(([title, value]) => (
          <Card key={title} size="small">
            <Statistic title={title} value={value} formatter={() => value} styles={{ content: { fontSize: 22 } }} />
          </Card>
        ))}
      </div>
      <div className="charts">
        <Card
          title={<h3 className="card-heading">{t('overview.messages')}</h3>}
          extra={
            <Segmented<View>
              size="small"
              aria-label={t('overview.tellApart')}
              value={view}
              options={views.map((value) => ({ value, label: t(`overview.view.${value}`) }))}
              onChange={onView}
            />
          }
        >
          <Bars
            title={t('overview.messages')}
            days={days}
            lines={view === 'status' ? byStatus(daily) : byChannel(daily)}
            name={(key) => (view === 'status' ? t(`status.${key as Status}`) : channel(key))}
            colour={(key) => (view === 'status' ? statusColours[key as Status] : channelColours[key])}
            number={number}
            axis={number}
            stacked={view === 'channel'}
          />
        </Card>
        <Card title={<h3 className="card-heading">{t('overview.costByDay')}</h3>}>
          <Bars
            title={t('overview.costByDay')}
            days={days}
            lines={spent}
            name={channel}
            colour={(key) => channelColours[key]}
            number={money}
            axis={number}
            stacked
          />
        </Card>
      </div>
    </Flex>
  )
}
