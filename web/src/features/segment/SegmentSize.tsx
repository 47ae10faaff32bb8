import { useQuery } from '@tanstack/react-query'
import { Button, Spin } from 'antd'
import { useTranslation } from 'react-i18next'

import { useErrorText } from '@/components/ui/Faces'
import { formatNumber } from '@/lib/format'

import { type Segment, sizeQuery } from './api'

/** How many people a segment has, counted when it is shown. */
export function SegmentSize({ segment, words }: { segment: Segment; words?: boolean }) {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
  const size = useQuery(sizeQuery(segment.id, segment.updated_at))
  if (size.isPending) return <Spin size="small" aria-label={t('condition.counting')} />
  if (size.isError)
    return (
      <Button size="small" type="link" title={errorText(size.error)} onClick={() => void size.refetch()}>
        {t('segments.countAgain')}
      </Button>
    )
  const n = formatNumber(size.data, i18n.language)
  return <>{words ? t('condition.count', { count: size.data, n }) : n}</>
}
