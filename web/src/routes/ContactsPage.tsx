import { useTranslation } from 'react-i18next'

import { Page } from '@/components/ui/Page'

export function ContactsPage() {
  const { t } = useTranslation()
  return <Page title={t('contacts.title')}>{null}</Page>
}
