import { useTranslation } from 'react-i18next'

import { Page } from '@/components/ui/Page'

export function TemplatesPage() {
  const { t } = useTranslation()
  return <Page title={t('templates.title')}>{null}</Page>
}
