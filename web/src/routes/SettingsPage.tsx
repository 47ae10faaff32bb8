import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { workspaceQuery } from '@/features/settings/api'
import { NewWorkspace } from '@/features/settings/NewWorkspace'
import { SettingsFrame } from '@/features/settings/SettingsFrame'
import { WorkspaceForm } from '@/features/settings/WorkspaceForm'

/** Name, zone and money of the workspace. */
export function SettingsPage() {
  const { t } = useTranslation()
  const can = useCan()
  const workspace = useQuery(workspaceQuery)
  return (
    <SettingsFrame section="workspace" extra={can('owner') && <NewWorkspace />}>
      <p>{t('settings.workspace.hint')}</p>
      {workspace.isPending && <Loading />}
      {workspace.isError && <Failure error={workspace.error} retry={() => void workspace.refetch()} />}
      {workspace.data && <WorkspaceForm key={workspace.data.id} workspace={workspace.data} />}
    </SettingsFrame>
  )
}
