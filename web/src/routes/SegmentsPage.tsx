import { useTranslation } from 'react-i18next'

import { Page } from '@/components/ui/Page'

export function SegmentsPage() {
  const { t } = useTranslation()
  return <Page title={t('segments.title')}>{null}</Page>
}
