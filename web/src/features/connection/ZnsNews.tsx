import { useQuery } from '@tanstack/react-query'
import { Card, Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { answer, client } from '@/api/client'
import type { components } from '@/api/schema'
import { formatMoney, formatNumber, formatTime } from '@/lib/format'
import { isTag, zaloStates } from '@/lib/zalo'

import type { Connection } from './api'

type Template = components['schemas']['ZnsTemplate']

/** What Zalo told about an OA: a changed quota, the kinds it may send, and the templates that somebody should look at. */
export function ZnsNews({ connection, zone }: { connection: Connection; zone: string }) {
  const { t, i18n } = useTranslation()
  const list = useQuery({
    queryKey: ['zns', connection.id, i18n.language],
    queryFn: ({ signal }) =>
      answer(client.GET('/connections/{id}/zns-templates', { params: { path: { id: connection.id } }, signal })),
  })
  if (!list.data) return null
  const { account, synced_at } = list.data
  const items = list.data.items ?? []
  const noted = items.filter((z) => !z.sendable || z.quality === 'LOW' || z.price_changed_at)
  const usable = items.filter((z) => z.sendable).length
  const kinds = (account.kinds ?? []).map((k) => (isTag(k) ? t(`templates.zns.tags.${k}`) : k))
  const n = (value: number) => formatNumber(value, i18n.language)
  return (
    <Card title={<h2 className="card-title">{t('znsNews.title')}</h2>}>
      <Flex vertical gap={6}>
        {account.quota_daily >= 0 && (
          <span>
            {account.quota_before >= 0
              ? t('znsNews.quotaChanged', {
                  before: n(account.quota_before),
                  now: n(account.quota_daily),
                  time: formatTime(account.quota_at, zone),
                })
              : t('znsNews.quotaSet', { now: n(account.quota_daily), time: formatTime(account.quota_at, zone) })}
          </span>
        )}
        {kinds.length > 0 && <span>{t('znsNews.kinds', { kinds: kinds.join(', ') })}</span>}
        {items.length === 0 ? (
          <Typography.Text type="secondary">{t('znsNews.none')}</Typography.Text>
        ) : (
          <span>
            {t('znsNews.usable', { count: usable })}
            {synced_at && ` · ${t('templates.zns.syncedAt', { time: formatTime(synced_at, zone) })}`}
          </span>
        )}
        {items.length > 0 && noted.length === 0 && (
          <Typography.Text type="secondary">{t('znsNews.fine')}</Typography.Text>
        )}
        {noted.length > 0 && (
          <div>
            <strong id="zns-attention">{t('znsNews.attention')}</strong>
            <ul aria-labelledby="zns-attention" style={{ margin: 0, paddingInlineStart: 20 }}>
              {noted.map((z) => (
                <Noted key={z.template_id} template={z} zone={zone} />
              ))}
            </ul>
          </div>
        )}
      </Flex>
    </Card>
  )
}

function Noted({ template: z, zone }: { template: Template; zone: string }) {
  const { t, i18n } = useTranslation()
  const state = zaloStates.find((s) => s === z.status)
  const parts: string[] = []
  if (z.gone) parts.push(t('templates.zns.gone'))
  else if (!z.sendable)
    parts.push(
      state && state !== 'ENABLE' ? t(`templates.zns.states.${state}`) : state ? t('templates.zns.unread') : z.status,
    )
  if (z.reason) parts.push(t('znsNews.reason', { reason: z.reason }))
  if (z.quality === 'LOW') parts.push(t('znsNews.lowQuality'))
  if (z.price_changed_at)
    parts.push(
      t('znsNews.priceChanged', {
        before: formatMoney(z.price_before_vnd, i18n.language),
        now: formatMoney(z.price_vnd, i18n.language),
        time: formatTime(z.price_changed_at, zone),
      }),
    )
  return (
    <li>
      {z.name} ({z.template_id}): {parts.join('; ')}
    </li>
  )
}
