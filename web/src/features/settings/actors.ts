import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { namesQuery } from './api'

/** Names who or what did something: a user, a key, Loa itself, a message or an import. */
export function useActorName() {
  const { t } = useTranslation()
  const names = useQuery(namesQuery).data
  return (actor: string): string => {
    const [kind, id] = actor.split(':')
    switch (kind) {
      case 'user':
        return names?.[actor] ?? t('settings.actor.user', { id })
      case 'key':
        return t('settings.actor.key', { name: names?.[actor] ?? id })
      case 'leg':
        return t('settings.actor.leg', { id })
      case 'import':
        return t('settings.actor.import', { id })
      case 'system':
        return t('settings.actor.system')
      default:
        return actor
    }
  }
}
