import { Alert, Tag } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'

import type { Connection, TestReport } from './api'

const colours = { active: '#389e0d', held: '#d46b08', disabled: '#8c8c8c' }

/** Says whether messages go through a connection. */
export function ConnectionChip({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  return (
    <Tag className="chip">
      <span aria-hidden className="dot" style={{ background: colours[connection.state] }} />
      {t(`connections.state.${connection.state}`)}
    </Tag>
  )
}

/** Why a connection is held, and what to do about it. */
export function HeldNotice({ connection, zone }: { connection: Connection; zone: string }) {
  const { t } = useTranslation()
  if (connection.state !== 'held') return null
  const until = formatTime(connection.held_until, zone)
  return (
    <Alert
      type="warning"
      showIcon
      title={connection.held_reason_text || t('connections.state.held')}
      description={until && t('connections.heldUntil', { time: until })}
    />
  )
}

/** What a test brought, in the provider's words. */
export function TestResult({ report, error }: { report?: TestReport; error: unknown }) {
  const { t } = useTranslation()
  if (error) return <Failure error={error} />
  if (!report) return null
  return (
    <Alert
      role="status"
      type={report.ok ? 'success' : 'error'}
      showIcon
      title={report.ok ? t('connections.testOk', { ms: report.duration_ms }) : t('connections.testFailed')}
      description={
        !report.ok && (
          <>
            {report.meaning && <div>{report.meaning}</div>}
            {report.advice && <div>{report.advice}</div>}
            {report.detail && report.detail !== report.meaning && <div>{report.detail}</div>}
            {report.code && <small>{t('connections.testCode', { code: report.code })}</small>}
          </>
        )
      }
    />
  )
}
