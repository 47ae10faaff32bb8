import { useTranslation } from 'react-i18next'

import { Page } from '@/components/ui/Page'

export function ConnectionsPage() {
  const { t } = useTranslation()
  return <Page title={t('connections.title')}>{null}</Page>
}
