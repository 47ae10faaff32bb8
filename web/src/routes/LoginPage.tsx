import { useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { Gate } from '@/components/ui/Gate'
import { Redirect } from '@/components/ui/Redirect'
import { sessionQuery } from '@/api/session'
import { setupQuery } from '@/features/session/api'
import { LoginForm } from '@/features/session/LoginForm'

/** Sign-in by password; leads on to where the person wanted to go, and to the set-up while nobody has an account. */
export function LoginPage() {
  const { t } = useTranslation()
  const { from } = useSearch({ from: '/login' })
  const session = useQuery(sessionQuery)
  const setup = useQuery(setupQuery)
  if (session.data) return <Redirect to={from ?? '/'} />
  if (session.isPending || setup.isPending) return <Loading />
  if (setup.data?.needed) return <Redirect to="/setup" />
  return (
    <Gate title={t('session.signIn')} hint={t('session.signInHint')}>
      {session.isError ? <Failure error={session.error} retry={() => void session.refetch()} /> : <LoginForm />}
    </Gate>
  )
}
