import { Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatDuration } from '@/lib/format'

import type { EditorProps } from '../editors'
import type { WaitContent } from './content'

/** The wait in words. */
export function WaitPreview({ value }: EditorProps<WaitContent>) {
  const { t, i18n } = useTranslation()
  return (
    <Typography.Text>{t('flow.wait.words', { time: formatDuration(value.seconds, i18n.language) })}</Typography.Text>
  )
}
