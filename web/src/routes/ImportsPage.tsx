import { useTranslation } from 'react-i18next'

import { Page } from '@/components/ui/Page'

export function ImportsPage() {
  const { t } = useTranslation()
  return <Page title={t('imports.title')}>{null}</Page>
}
