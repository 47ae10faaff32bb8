import { useTranslation } from 'react-i18next'

import { Page } from '@/components/ui/Page'

export function DesignPage() {
  const { t } = useTranslation()
  return <Page title={t('design.title')}>{null}</Page>
}
