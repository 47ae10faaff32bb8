import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { keysQuery, namesQuery } from '@/features/settings/api'
import { Keys } from '@/features/settings/Keys'
import { NewKey } from '@/features/settings/NewKey'
import { SettingsFrame } from '@/features/settings/SettingsFrame'
import { currentCursor } from '@/lib/pages'

/** Keys for programs. */
export function SettingsKeysPage() {
  const { t } = useTranslation()
  const may = useCan()('owner')
  const { page } = useSearch({ from: '/app/settings/keys' })
  const navigate = useNavigate()
  const keys = useQuery({ ...keysQuery(currentCursor(page)), enabled: may })
  const names = useQuery(namesQuery).data ?? {}
  const items = keys.data?.items ?? []
  if (!may)
    return (
      <SettingsFrame section="keys">
        <Nothing text={t('settings.ownersOnly')} />
      </SettingsFrame>
    )
  return (
    <SettingsFrame section="keys" extra={<NewKey />} zone>
      <p>
        {t('settings.keys.hint')}{' '}
        <a href="/api/docs" target="_blank" rel="noreferrer">
          {t('settings.keys.docs')}
        </a>
      </p>
      {keys.isPending && <Loading />}
      {keys.isError && <Failure error={keys.error} retry={() => void keys.refetch()} />}
      {keys.isSuccess && items.length === 0 && (
        <Nothing text={t('settings.keys.empty')} hint={t('settings.keys.emptyHint')} />
      )}
      {items.length > 0 && <Keys items={items} names={names} loading={keys.isPlaceholderData} />}
      <Pager
        trail={page}
        next={keys.data?.next}
        onChange={(next) => void navigate({ to: '/settings/keys', search: { page: next } })}
      />
    </SettingsFrame>
  )
}
