import { Alert, Button, Card, Flex, Statistic } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { formatDuration, formatNumber } from '@/lib/format'

import type { Import } from './api'
import { ProblemTable } from './ProblemTable'

/** What an import brought: numbers, rejected rows, and ways on. */
export function ResultStep({ made, links, onAgain }: { made: Import; links: ReactNode; onAgain?: () => void }) {
  const { t, i18n } = useTranslation()
  const [severity, setSeverity] = useState<'rejected' | 'warning'>()
  const n = (x: number) => formatNumber(x, i18n.language)
  const seconds =
    made.started_at && made.finished_at ? (Date.parse(made.finished_at) - Date.parse(made.started_at)) / 1000 : 0
  const errors = {
    'import.file_gone': t('imports.fileGone'),
  } as Record<string, string>
  return (
    <Flex vertical gap={16}>
      {made.state === 'finished' && (
        <Alert
          type={made.rows_rejected > 0 ? 'warning' : 'success'}
          showIcon
          role="status"
          title={t('imports.finished', { count: made.rows_read })}
          description={seconds >= 1 ? t('imports.took', { time: formatDuration(seconds, i18n.language) }) : undefined}
        />
      )}
      {made.state === 'failed' && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t('imports.failed')}
          description={errors[made.error ?? ''] ?? t('imports.failedHint', { code: made.error ?? '' })}
        />
      )}
      {made.state === 'cancelled' && (
        <Alert type="info" showIcon role="status" title={t('imports.cancelled', { count: made.rows_read })} />
      )}
      <Flex gap={12} wrap>
        {(
          [
            ['created', made.rows_created],
            ['updated', made.rows_updated],
            ['unchanged', made.rows_unchanged],
            ['merged', made.rows_merged],
            ['warned', made.rows_warned],
            ['rejected', made.rows_rejected],
          ] as const
        ).map(([key, value]) => (
          <Card key={key} size="small" className="import-number">
            <Statistic title={t(`imports.number.${key}`)} value={value} formatter={() => n(value)} />
          </Card>
        ))}
      </Flex>
      <Flex gap={8} wrap>
        {links}
        {onAgain && <Button onClick={onAgain}>{t('imports.again')}</Button>}
      </Flex>
      {made.rows_rejected + made.rows_warned > 0 && (
        <ProblemTable made={made} severity={severity} onSeverity={setSeverity} />
      )}
    </Flex>
  )
}
