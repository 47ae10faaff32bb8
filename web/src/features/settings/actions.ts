import { useTranslation } from 'react-i18next'

import { acts, type Noun } from './words'

/** Says what was done; an act that this version does not know is shown as it came. */
export function useAction() {
  const { t } = useTranslation()
  return (action: string): string => {
    const [noun = '', verb = ''] = action.split('.')
    if (!(noun in acts)) return action
    const verbs: readonly string[] = acts[noun as Noun]
    // The keys are made of the two lists above; the parity test sees to the languages.
    return verbs.includes(verb) ? (t as (key: string) => string)(`settings.did.${noun}.${verb}`) : action
  }
}
