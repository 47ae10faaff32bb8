import { ExclamationCircleFilled, WarningFilled } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { formatNumber, formatTime } from '@/lib/format'

import type { Attention } from './api'
import './overview.css'

/** What needs somebody: what it is, what to do, and where. */
export function AttentionList({ items, zone }: { items: Attention[]; zone: string }) {
  const { t, i18n } = useTranslation()
  const number = (n = 0) => formatNumber(n, i18n.language)
  return (
    <ul className="attention">
      {items.map((item) => (
        <li key={`${item.kind} ${item.connection_id ?? item.campaign_id ?? item.import_id ?? item.contact_id ?? ''}`}>
          {item.level === 'error' ? (
            <ExclamationCircleFilled
              style={{ color: '#cf1322', fontSize: 18, marginTop: 2 }}
              aria-label={t('overview.level.error')}
            />
          ) : (
            <WarningFilled
              style={{ color: '#d48806', fontSize: 18, marginTop: 2 }}
              aria-label={t('overview.level.warning')}
            />
          )}
          <div className="what">
            <div className="strong">
              {t(`overview.kind.${item.kind}.title`, {
                name: item.name,
                count: item.count ?? 0,
                n: number(item.count),
                of: number(item.of),
                time: formatTime(item.at, zone),
              })}
            </div>
            <div>
              <Reason item={item} /> {t(`overview.kind.${item.kind}.todo`)}
            </div>
          </div>
          <Where item={item} />
        </li>
      ))}
    </ul>
  )
}

const reasons = [
  'auth',
  'auth_lost',
  'refresh',
  'balance',
  'failing',
  'person',
  'page',
  'sender_domain',
  'spend_cap',
  'breaker',
  'late_start',
  'restored',
] as const

/** Why something stands still, in words; nothing for a reason that this version does not know. */
function Reason({ item }: { item: Attention }) {
  const { t } = useTranslation()
  const known = reasons.find((r) => r === item.reason)
  return known ? t(`overview.reason.${known}`) : null
}

function Where({ item }: { item: Attention }) {
  const { t } = useTranslation()
  const about = item.name ? `: ${item.name}` : ''
  if (item.kind === 'template_rejected')
    return (
      <Link to="/templates" search={{}}>
        {t('overview.open.templates')}
      </Link>
    )
  if (item.kind === 'audit_broken')
    return (
      <Link to="/settings/audit" search={{}}>
        {t('overview.open.audit')}
      </Link>
    )
  if (item.contact_id)
    return (
      <Link
        to="/contacts/$id"
        params={{ id: item.contact_id }}
        search={{}}
        aria-label={t('overview.open.contact') + about}
      >
        {t('overview.open.contact')}
      </Link>
    )
  if (item.campaign_id)
    return (
      <Link
        to="/campaigns/$id"
        params={{ id: item.campaign_id }}
        search={item.kind === 'unknown_results' ? { status: 'unknown' } : {}}
        aria-label={t('overview.open.campaign') + about}
      >
        {t('overview.open.campaign')}
      </Link>
    )
  if (item.import_id)
    return (
      <Link
        to="/contacts/imports/$id"
        params={{ id: item.import_id }}
        search={{}}
        aria-label={t('overview.open.import') + about}
      >
        {t('overview.open.import')}
      </Link>
    )
  return (
    <Link
      to="/connections/$id"
      params={{ id: item.connection_id ?? 0 }}
      search={{}}
      aria-label={t('overview.open.connection') + about}
    >
      {t('overview.open.connection')}
    </Link>
  )
}
