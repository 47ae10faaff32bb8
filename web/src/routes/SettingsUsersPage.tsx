import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { sessionQuery, useCan } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { usersQuery } from '@/features/settings/api'
import { InviteUser } from '@/features/settings/InviteUser'
import { RolesTable } from '@/features/settings/RolesTable'
import { SettingsFrame } from '@/features/settings/SettingsFrame'
import { Users } from '@/features/settings/Users'

/** Who belongs to the workspace and what each may do. */
export function SettingsUsersPage() {
  const { t } = useTranslation()
  const can = useCan()
  const self = useQuery(sessionQuery).data?.user.id ?? 0
  const users = useQuery(usersQuery)
  return (
    <SettingsFrame section="users" extra={can('owner') && <InviteUser />}>
      <p>{can('owner') ? t('settings.users.hint') : t('settings.ownersOnly')}</p>
      {users.isPending && <Loading />}
      {users.isError && <Failure error={users.error} retry={() => void users.refetch()} />}
      {users.data && <Users items={users.data} self={self} />}
      <RolesTable />
    </SettingsFrame>
  )
}
