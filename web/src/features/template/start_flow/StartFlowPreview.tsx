import { useQuery } from '@tanstack/react-query'
import { Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatDuration } from '@/lib/format'

import type { EditorProps } from '../editors'
import { startedQuery } from './api'
import type { StartFlowContent } from './content'

/** The start in words. */
export function StartFlowPreview({ value }: EditorProps<StartFlowContent>) {
  const { t, i18n } = useTranslation()
  const chosen = useQuery(startedQuery(value.campaign_id))
  if (value.campaign_id < 1) return <Typography.Text type="secondary">{t('flow.start.previewEmpty')}</Typography.Text>
  const name = chosen.data?.name ?? `#${value.campaign_id}`
  return (
    <Typography.Text>
      {value.after_seconds
        ? t('flow.start.wordsAfter', { name, time: formatDuration(value.after_seconds, i18n.language) })
        : t('flow.start.words', { name })}
    </Typography.Text>
  )
}
