import { useQuery } from '@tanstack/react-query'
import { Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { sessionQuery } from '@/api/session'
import { Loading } from '@/components/ui/Faces'
import { Devices } from '@/features/settings/Devices'
import { Password } from '@/features/settings/Password'
import { Profile } from '@/features/settings/Profile'
import { SettingsFrame } from '@/features/settings/SettingsFrame'

/** One's own account: name, language, password and where one is signed in. */
export function AccountPage() {
  const { t } = useTranslation()
  const session = useQuery(sessionQuery).data
  if (!session) return <Loading />
  const title = (key: 'profile' | 'password' | 'devices') => (
    <Typography.Title level={2} style={{ fontSize: 18, marginTop: key === 'profile' ? 0 : 32 }}>
      {t(`settings.account.${key}Title`)}
    </Typography.Title>
  )
  return (
    <SettingsFrame section="account" zone>
      {title('profile')}
      <Profile key={session.user.id} user={session.user} />
      {title('password')}
      <p>{t('settings.account.passwordText')}</p>
      <Password free={session.set_password} />
      {title('devices')}
      <p>{t('settings.account.devicesText')}</p>
      <Devices />
    </SettingsFrame>
  )
}
