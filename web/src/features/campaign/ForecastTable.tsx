import { Button, Descriptions, Flex, Table, type TableColumnsType, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatDuration, formatMoney, formatNumber, formatTime } from '@/lib/format'
import { useChannel, useRank } from '@/lib/words'

import type { Behind, Forecast, RankForecast } from './api'
import { asRefusal, useNote, useRefusal } from './words'

/** What a campaign would do if it started now: people by channel, who is left out and why, cost and time. Every number of people opens the people behind it. */
export function ForecastTable(props: { forecast: Forecast; zone: string; onOpen: (behind: Behind) => void }) {
  const { t, i18n } = useTranslation()
  const channel = useChannel()
  const rank = useRank(props.forecast.ranks)
  const refusal = useRefusal()
  const note = useNote()
  const { forecast: f, zone, onOpen } = props
  const ranks = f.ranks ?? []
  const money = (n: number) => formatMoney(n, i18n.language)
  const people = (n: number, behind: Behind, what: string) =>
    n === 0 || ranks.length === 0 ? (
      formatNumber(n, i18n.language)
    ) : (
      <Button
        type="link"
        size="small"
        className="number"
        aria-label={`${what}: ${formatNumber(n, i18n.language)}`}
        onClick={() => {
          onOpen(behind)
        }}
      >
        {formatNumber(n, i18n.language)}
      </Button>
    )
  const reasons = (of: Record<string, number>, at: number, where: string) => (
    <Flex vertical>
      {Object.entries(of)
        .filter(([, n]) => n > 0)
        .map(([reason, n]) => (
          <span key={reason}>
            {refusal(reason)}: {people(n, { rank: at, reason: asRefusal(reason) }, `${where}, ${refusal(reason)}`)}
          </span>
        ))}
    </Flex>
  )
  const columns: TableColumnsType<RankForecast> = [
    {
      key: 'channel',
      title: t('forecast.table.channel'),
      rowScope: 'row',
      render: (_, r) => (
        <>
          {channel(r.channel)}
          <br />
          <small>{rank(r.rank)}</small>
        </>
      ),
    },
    {
      key: 'people',
      title: t('forecast.table.people'),
      align: 'right',
      render: (_, r) => people(r.people, { rank: r.rank }, `${t('forecast.table.people')}, ${channel(r.channel)}`),
    },
    {
      key: 'fallback',
      title: t('forecast.table.fallback'),
      align: 'right',
      render: (_, r) => (r.rank === 0 ? t('common.never') : formatNumber(r.fallback, i18n.language)),
    },
    {
      key: 'duplicates',
      title: t('forecast.duplicates'),
      align: 'right',
      render: (_, r) => formatNumber(r.duplicates, i18n.language),
    },
    {
      key: 'refused',
      title: t('forecast.table.refused'),
      render: (_, r) => reasons({ ...r.refused, values: r.values_refused }, r.rank, channel(r.channel)),
    },
    {
      key: 'unit',
      title: t('forecast.table.unit'),
      align: 'right',
      render: (_, r) => (r.unit_vnd > 0 ? money(r.unit_vnd) : t('common.never')),
    },
    { key: 'cost', title: t('campaign.cost'), align: 'right', render: (_, r) => money(r.cost_vnd) },
  ]
  const unreachable = Object.values(f.reasons).some((n) => n > 0)
  return (
    <section aria-labelledby="forecast">
      <Typography.Title level={3} id="forecast" style={{ fontSize: 16 }}>
        {t('forecast.title')}
      </Typography.Title>
      <Descriptions
        size="small"
        column={{ xs: 1, sm: 2, lg: 3 }}
        items={[
          { key: 'people', label: t('forecast.people'), children: formatNumber(f.people, i18n.language) },
          {
            key: 'send',
            label: t('forecast.willSend'),
            children: <strong>{formatNumber(f.will_send, i18n.language)}</strong>,
          },
          {
            key: 'cost',
            label: t('forecast.cost'),
            children: (
              <Flex vertical>
                <strong>
                  {f.cost_max_vnd > f.cost_vnd
                    ? t('forecast.costRange', { min: money(f.cost_vnd), max: money(f.cost_max_vnd) })
                    : money(f.cost_vnd)}
                </strong>
                <Typography.Text type="secondary">{t(f.exact ? 'forecast.exact' : 'forecast.sampled')}</Typography.Text>
              </Flex>
            ),
          },
          {
            key: 'unreachable',
            label: t('forecast.unreachable'),
            children: (
              <Flex vertical align="start">
                {people(f.unreachable, { rank: -1 }, t('forecast.unreachable'))}
                {unreachable && reasons(f.reasons, -1, t('forecast.unreachable'))}
              </Flex>
            ),
          },
          { key: 'duplicates', label: t('forecast.duplicates'), children: formatNumber(f.duplicates, i18n.language) },
          ...(f.values_unsent > 0
            ? [{ key: 'values', label: t('values.unsent'), children: formatNumber(f.values_unsent, i18n.language) }]
            : []),
          {
            key: 'time',
            label: t('forecast.opensAt'),
            children: (
              <Flex vertical>
                <span>{formatTime(f.opens_at, zone) || t('common.never')}</span>
                {f.seconds > 0 && (
                  <span>{t('forecast.takes', { time: formatDuration(f.seconds, i18n.language) })}</span>
                )}
              </Flex>
            ),
          },
        ]}
      />
      <Table<RankForecast>
        rowKey="rank"
        size="small"
        columns={columns}
        dataSource={ranks}
        pagination={false}
        scroll={{ x: 'max-content' }}
        style={{ marginTop: 12 }}
      />
      {(f.notes ?? []).length > 0 && (
        <ul className="review-list" style={{ marginTop: 8 }}>
          {(f.notes ?? []).map((n) => (
            <li key={n}>
              <Typography.Text type="secondary">{note(n)}</Typography.Text>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
