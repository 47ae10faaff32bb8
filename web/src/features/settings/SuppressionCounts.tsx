import { useQuery } from '@tanstack/react-query'
import { Flex, Statistic, Tag } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { formatNumber } from '@/lib/format'

import { suppressionCountsQuery } from './api'
import { useReason } from './Suppressions'

/** How many addresses are blocked, and why. */
export function SuppressionCounts() {
  const { t, i18n } = useTranslation()
  const word = useReason()
  const counts = useQuery(suppressionCountsQuery)
  if (counts.isError) return <Failure error={counts.error} retry={() => void counts.refetch()} />
  const number = (n: number | undefined) => (n === undefined ? t('common.never') : formatNumber(n, i18n.language))
  return (
    <Flex gap={32} align="center" wrap style={{ marginBottom: 16, minHeight: 58 }}>
      <Statistic title={t('settings.suppressions.countActive')} value={number(counts.data?.active)} />
      <Statistic title={t('settings.suppressions.countLifted')} value={number(counts.data?.lifted)} />
      <Flex gap={4} wrap>
        {(counts.data?.reasons ?? []).map((r) => (
          <Tag key={r.key}>
            {word(r.key)}: {number(r.count)}
          </Tag>
        ))}
      </Flex>
    </Flex>
  )
}
