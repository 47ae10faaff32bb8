import { useTranslation } from 'react-i18next'

import { known, type Line, type Offer } from './content'

/** Names a field of a platform: its own ones in our words, the shop's in the shop's. */
export function useFieldName() {
  const { t } = useTranslation()
  return ({ place, key }: Line, offer: Offer | undefined): string => {
    if (place === 'custom') return offer?.custom?.find((f) => f.key === key)?.name ?? key
    const own = known.find((k) => k === key)
    return own ? t(`syncEditor.fields.${own}`) : key
  }
}
