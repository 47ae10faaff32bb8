import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { workspaceQuery } from '@/features/settings/api'
import { SendingForm } from '@/features/settings/SendingForm'
import { SettingsFrame } from '@/features/settings/SettingsFrame'

/** Hours and caps, beside those of the law. */
export function SettingsSendingPage() {
  const { t } = useTranslation()
  const workspace = useQuery(workspaceQuery)
  return (
    <SettingsFrame section="sending" zone>
      <p>{t('settings.sending.hint')}</p>
      {workspace.isPending && <Loading />}
      {workspace.isError && <Failure error={workspace.error} retry={() => void workspace.refetch()} />}
      {workspace.data && <SendingForm key={workspace.data.id} workspace={workspace.data} />}
    </SettingsFrame>
  )
}
