import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { Gate } from '@/components/ui/Gate'
import { Redirect } from '@/components/ui/Redirect'
import { sessionQuery } from '@/api/session'
import { setupQuery } from '@/features/session/api'
import { SetupForm } from '@/features/session/SetupForm'
import { secret } from '@/lib/secret'

/** The first start: makes the owner; later it leads to sign-in. */
export function SetupPage() {
  const { t } = useTranslation()
  const session = useQuery(sessionQuery)
  const setup = useQuery(setupQuery)
  if (session.data) return <Redirect to="/" />
  if (setup.isPending || session.isPending) return <Loading />
  if (setup.isError) return <Failure error={setup.error} retry={() => void setup.refetch()} />
  if (!setup.data.needed) return <Redirect to="/login" />
  return (
    <Gate title={t('session.setup')} hint={t('session.setupHint')}>
      <SetupForm token={secret()} />
    </Gate>
  )
}
