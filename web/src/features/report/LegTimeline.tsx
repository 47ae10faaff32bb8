import { Card, Flex, Timeline, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { StatusChip } from '@/components/ui/Chip'
import { formatMoney, formatTime } from '@/lib/format'
import { useAttemptClass, useChannel, useFact, useRank } from '@/lib/words'

import type { LegWhy } from './api'
import { type Happening, happenings } from './timeline'

const colours = { call: 'blue', callback: 'green', hit: 'cyan', fact: 'gray' } as const

const callEvents = ['created', 'started', 'ringing', 'answered', 'ended', 'key', 'key_timeout', 'opt_out'] as const

/** One message of a person: where it stands, why, what is to be done, and everything that happened in order. */
export function LegTimeline({ leg, zone }: { leg: LegWhy; zone: string }) {
  const { t, i18n } = useTranslation()
  const channel = useChannel()
  const rank = useRank()
  return (
    <Card
      size="small"
      title={
        <Flex gap={8} align="center" wrap>
          {channel(leg.channel)} <Typography.Text type="secondary">{rank(leg.rank)}</Typography.Text>
        </Flex>
      }
      extra={<StatusChip status={leg.status} channel={leg.channel} />}
    >
      {leg.cause && (
        <p style={{ marginTop: 0 }}>
          {leg.cause.meaning}{' '}
          <Typography.Text type="secondary">({t('why.code', { code: leg.cause.code })})</Typography.Text>
          {leg.cause.advice && (
            <>
              <br />
              <strong>{t('why.advice')}:</strong> {leg.cause.advice}
            </>
          )}
        </p>
      )}
      <Timeline
        items={happenings(leg).map((h, i) => ({
          key: `${h.kind} ${h.at} ${i}`,
          color: h.kind === 'hit' && h.machine ? 'gray' : colours[h.kind],
          content: <Entry happening={h} zone={zone} channel={leg.channel} />,
        }))}
      />
      {leg.next && <p style={{ marginTop: 0 }}>{leg.next.text}</p>}
      <Flex gap={12} wrap>
        {leg.price > 0 && <small>{t('why.price', { price: formatMoney(leg.price, i18n.language) })}</small>}
        {leg.key && <small style={{ overflowWrap: 'anywhere' }}>{t('why.key', { key: leg.key })}</small>}
      </Flex>
    </Card>
  )
}

function Entry({ happening: h, zone, channel }: { happening: Happening; zone: string; channel: string }) {
  const { t } = useTranslation()
  const fact = useFact()
  const result = useAttemptClass()
  // All that is told of a call before somebody answers proves the same; what happened is in the event.
  const callWord = (event: string) => {
    const known = channel === 'ai_call' ? callEvents.find((e) => e === event) : undefined
    return known && t(`callEvent.${known}`)
  }
  const text = () => {
    switch (h.kind) {
      case 'call':
        return t('why.call', { no: h.no, result: result(h.result) })
      case 'callback':
        return t('why.callback', { event: callWord(h.event) ?? (h.fact ? fact(h.fact, channel) : h.event) })
      case 'hit':
        return h.what === 'open' ? t('why.hitOpen') : t('why.hitClick', { slot: h.slot })
      case 'fact':
        return fact(h.fact, channel)
    }
  }
  const code = 'code' in h ? h.code : undefined
  const raw = 'raw' in h ? h.raw : undefined
  return (
    <>
      <div>
        {text()}{' '}
        {h.kind === 'hit' && h.machine && <Typography.Text type="secondary">({t('why.byMachine')})</Typography.Text>}
      </div>
      <Typography.Text type="secondary">
        {formatTime(h.at, zone, true)}
        {code && ` · ${t('why.code', { code })}`}
      </Typography.Text>
      {h.kind === 'call' && h.detail && <div>{h.detail}</div>}
      {raw && (
        <details>
          <summary>{t('why.raw')}</summary>
          <pre className="raw">{raw}</pre>
        </details>
      )}
    </>
  )
}
