import { useTranslation } from 'react-i18next'

/** Says what was done; an act that this version does not know is shown as it came. */
export function useAction() {
  const { t, i18n } = useTranslation()
  return (action: string): string => {
    const key = `settings.did.${action}`
    return i18n.exists(key) ? t(key as 'settings.did.key.create') : action
  }
}
