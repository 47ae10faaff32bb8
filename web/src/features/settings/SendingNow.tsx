import { CheckCircleOutlined, ClockCircleOutlined, WarningOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/schema'
import { useZone } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

import { sendingQuery, type Window } from './api'
import { channels } from './words'

type Line = components['schemas']['WorkspaceSendingLine']

const purposes = ['marketing', 'care', 'transaction'] as const
const rules = [
  'decree91.messages',
  'decree91.calls',
  'zns.night',
  'zalo_oa.night',
  'workspace.hours',
  'campaign.window',
] as const
const kinds = ['CUSTOMER_CARE', 'PROMOTION', 'TEMPLATE_PROMOTION'] as const

/** Names a rule in a few words; one that this version does not know is shown as it came. */
function useRule() {
  const { t } = useTranslation()
  const keys = {
    'decree91.messages': t('settings.sending.rule.decreeMessages'),
    'decree91.calls': t('settings.sending.rule.decreeCalls'),
    'zns.night': t('settings.sending.rule.znsNight'),
    'zalo_oa.night': t('settings.sending.rule.zaloNight'),
    'workspace.hours': t('settings.sending.rule.own'),
    'campaign.window': t('settings.sending.rule.campaign'),
  }
  return (name: string) => {
    const known = rules.find((r) => r === name)
    return known ? keys[known] : name
  }
}

/** Names a sort of message that has hours of its own. */
function useKind() {
  const { t } = useTranslation()
  return (kind: string) => {
    const known = kinds.find((k) => k === kind)
    return known ? t(`settings.sending.kind.${known}`) : kind
  }
}

/** The laws and platform pages that the windows are from, each once, in the reader's language. */
function sources(lines: Line[], lang: string): string[] {
  const all = lines.flatMap((l) => (l.windows ?? []).map((w) => w.source))
  return [...new Set(all.flatMap((s) => (s ? [lang.startsWith('en') ? s.en : s.vi] : [])))]
}

/** "Bây giờ có gửi được không?": by channel and purpose, with the rule that says so, also for hours that are not saved yet. */
export function SendingNow({ hours, changed }: { hours: Record<string, Window>; changed: boolean }) {
  const { t, i18n } = useTranslation()
  const zone = useZone()
  const channel = useChannel()
  const kind = useKind()
  const answer = useQuery(sendingQuery(changed ? hours : undefined))
  // The place of the table is kept, so that the form below does not jump.
  if (answer.isPending)
    return (
      <div className="sending-place">
        <Loading />
      </div>
    )
  if (answer.isError) return <Failure error={answer.error} retry={() => void answer.refetch()} />
  const lines = answer.data.lines ?? []
  return (
    <div>
      <Typography.Title level={2} id="sending-now" style={{ fontSize: 18 }}>
        {t('settings.sending.now', { at: formatTime(answer.data.at, zone) })}
      </Typography.Title>
      {changed && <Alert type="info" showIcon title={t('settings.sending.tried')} style={{ marginBottom: 12 }} />}
      <div className="settings-table-scroll" role="region" aria-labelledby="sending-now" tabIndex={0}>
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{t('settings.sending.channel')}</th>
              {purposes.map((p) => (
                <th scope="col" key={p}>
                  {t(`settings.purpose.${p}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {channels
              .flatMap((c) => {
                const own = lines.flatMap((l) => (l.channel === c && l.kind ? [l.kind] : []))
                return ['', ...new Set(own)].map((k) => ({ c, k }))
              })
              .map(({ c, k }) => (
                <tr key={`${c} ${k}`}>
                  <th scope="row" style={{ minWidth: 100 }}>
                    {channel(c)}
                    {k && <div style={{ fontWeight: 'normal' }}>{kind(k)}</div>}
                  </th>
                  {purposes.map((p) => (
                    <td key={p}>
                      <Cell line={lines.find((l) => l.channel === c && l.purpose === p && (l.kind ?? '') === k)} />
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12, marginTop: 8 }}>
        {t('settings.sending.sources', { list: sources(lines, i18n.language).join(' · ') })}
      </Typography.Text>
    </div>
  )
}

function Cell({ line }: { line?: Line }) {
  const { t } = useTranslation()
  const zone = useZone()
  const rule = useRule()
  if (!line) return t('common.never')
  const windows = line.windows ?? []
  const why = windows.map((w) => `${rule(w.name)} ${w.window.from}–${w.window.to}`).join(' · ')
  const state = line.never
    ? { icon: <WarningOutlined style={{ color: '#cf1322' }} aria-hidden />, text: t('settings.sending.neverOpen') }
    : line.open
      ? { icon: <CheckCircleOutlined style={{ color: '#389e0d' }} aria-hidden />, text: t('settings.sending.open') }
      : {
          icon: <ClockCircleOutlined style={{ color: '#d46b08' }} aria-hidden />,
          text: t('settings.sending.waits', { at: formatTime(line.opens_at, zone) }),
        }
  return (
    <>
      <span>
        {state.icon} {state.text}
      </span>
      <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12 }}>
        {why || t('settings.sending.anyTime')}
      </Typography.Text>
    </>
  )
}
