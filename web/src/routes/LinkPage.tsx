import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Loading } from '@/components/ui/Faces'
import { Gate } from '@/components/ui/Gate'
import { Redirect } from '@/components/ui/Redirect'
import { sessionQuery } from '@/api/session'
import { LinkForm } from '@/features/session/LinkForm'
import { secret } from '@/lib/secret'

/** Sign-in by a one-time link. Who is signed in already goes straight on, and the link stays unused. */
export function LinkPage() {
  const { t } = useTranslation()
  const session = useQuery(sessionQuery)
  if (session.isPending) return <Loading />
  if (session.data) return <Redirect to="/" />
  return (
    <Gate title={t('session.link')}>
      <LinkForm token={secret()} />
      <p style={{ marginBottom: 0, textAlign: 'center' }}>
        <Link to="/login" search={{}}>
          {t('session.usePassword')}
        </Link>
      </p>
    </Gate>
  )
}
