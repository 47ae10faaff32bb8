import { useQuery } from '@tanstack/react-query'
import { Card, Flex, Skeleton, Spin, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import { Failure } from '@/components/ui/Faces'
import { formatNumber } from '@/lib/format'

import { countQuery, sampleQuery, summaryQuery, useRested } from './api'
import type { Condition } from './condition'
import { isComplete } from './shape'
import './condition.css'

/** Says while a condition is being edited whom it takes: in words, how many, and a few of them. */
export function ConditionPreview({ condition, people = true }: { condition: Condition; people?: boolean }) {
  const { t, i18n } = useTranslation()
  const rested = useRested(condition)
  const complete = isComplete(rested)
  // Cheap, and finds every mistake: what is wrong is not counted at all.
  const summary = useQuery({ ...summaryQuery(rested, i18n.language), enabled: complete })
  const sound = complete && summary.isSuccess
  const count = useQuery({ ...countQuery(rested), enabled: sound })
  const sample = useQuery({ ...sampleQuery(rested), enabled: sound && people })
  const counting = rested !== condition || summary.isFetching || count.isFetching
  // What is wrong with a rule is shown at the rule.
  const unfinished = !isComplete(condition) || (summary.error instanceof Problem && summary.error.status < 500)
  return (
    <Card size="small" title={t('condition.preview')}>
      <Flex vertical gap={8}>
        <div role="status" aria-live="polite">
          {unfinished ? (
            <Typography.Text type="secondary">{t('condition.unfinished')}</Typography.Text>
          ) : (
            <Flex gap={8} align="center" wrap>
              <strong className="condition-count">
                {count.data === undefined
                  ? t('condition.counting')
                  : t('condition.count', { count: count.data, n: formatNumber(count.data, i18n.language) })}
              </strong>
              {counting && (
                <>
                  <Spin size="small" />
                  {count.data !== undefined && <span>{t('condition.counting')}</span>}
                </>
              )}
            </Flex>
          )}
        </div>
        {summary.isError && !unfinished && <Failure error={summary.error} retry={() => void summary.refetch()} />}
        {count.isError && <Failure error={count.error} retry={() => void count.refetch()} />}
        {summary.data && !unfinished && <Typography.Text>{summary.data}</Typography.Text>}
        {people && !unfinished && sample.isPending && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
        {people && !unfinished && sample.data && sample.data.length > 0 && (
          <div>
            <Typography.Text type="secondary">{t('condition.sample')}</Typography.Text>
            <ul className="condition-people">
              {sample.data.map((p) => (
                <li key={p.id}>
                  {p.name || t('condition.unnamed')}
                  <small> {[p.phone, p.email].filter(Boolean).join(' · ') || p.external_id}</small>
                </li>
              ))}
            </ul>
          </div>
        )}
      </Flex>
    </Card>
  )
}
