import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { type Status, statusColours } from '@/components/ui/status'
import { useStatusWord } from '@/components/ui/statusWords'
import { formatNumber } from '@/lib/format'

import type { Counts } from './api'
import './report.css'

interface Stage {
  key: string
  label: string
  n: number
  status?: Status
  /** The people behind it cannot be listed: the number leaves some of them out. */
  closed?: boolean
}

/**
 * How far messages came: recipients, sent, delivered, opened, clicked. Each stage shows its share of the one before and opens its people; with
 * fallbacks more messages are sent than there are people, which is no share.
 */
export function Funnel({ counts, onOpen }: { counts: Counts; onOpen: (status?: Status) => void }) {
  const { t, i18n } = useTranslation()
  const word = useStatusWord()
  const total = counts.total
  const legs = counts.legs ?? []
  const words = new Set(legs.flatMap((l) => l.words ?? []))
  const having = (status: Status) => legs.filter((l) => l.words?.includes(status)).map((l) => l.channel)
  const of = (status: Status): Stage => ({
    key: status,
    label: word(status, having(status)),
    n: total[status] ?? 0,
    status,
  })
  // A wait counts as sent in its own column, but nothing went out.
  const waits = legs.filter((l) => l.channel === 'wait')
  const waited = waits.reduce((n, l) => n + (l.counts.sent ?? 0), 0)
  const sent = of('sent')
  const stages: Stage[] = [
    { key: 'people', label: t('report.people'), n: counts.people },
    { ...sent, n: sent.n - waited, closed: waits.length > 0 },
    of('delivered'),
    ...(['opened', 'clicked', 'answered'] as const).filter((s) => words.has(s)).map(of),
  ]
  const most = Math.max(1, ...stages.map((s) => s.n))
  const share = (n: number, from: number) =>
    new Intl.NumberFormat(i18n.language === 'en' ? 'en-GB' : 'vi-VN', {
      style: 'percent',
      maximumFractionDigits: 1,
    }).format(from > 0 ? n / from : 0)
  return (
    <ol className="funnel" aria-label={t('report.funnel')}>
      {stages.map((s, i) => {
        const before = stages[i - 1]
        return (
          <li key={s.key}>
            <span className="funnel-label">{s.label}</span>
            <span className="funnel-bar" aria-hidden>
              <span
                style={{
                  width: `${(100 * s.n) / most}%`,
                  background: s.status ? statusColours[s.status] : '#8c8c8c',
                }}
              />
            </span>
            <Button
              type="link"
              size="small"
              className="number"
              disabled={s.n === 0 || s.closed}
              aria-label={`${s.label}: ${formatNumber(s.n, i18n.language)}`}
              onClick={() => {
                onOpen(s.status)
              }}
            >
              {formatNumber(s.n, i18n.language)}
            </Button>
            <span className="funnel-share">
              {before && before.n > 0 && s.n <= before.n ? share(s.n, before.n) : ''}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
