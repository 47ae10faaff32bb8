import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'

import { type CampaignState, stateColours, statusColours, type Status } from './status'
import { useStatusWord } from './statusWords'

function Chip({ colour, text, pulse }: { colour: string; text: string; pulse?: boolean }) {
  return (
    <Tag className="chip">
      <span aria-hidden className={pulse ? 'dot pulse' : 'dot'} style={{ background: colour }} />
      {text}
    </Tag>
  )
}

/** Shows where a message stands, in the words of its channel or channels. A word that this version does not know is shown as it came. */
export function StatusChip({ status, channel }: { status: string; channel?: string | readonly string[] }) {
  const word = useStatusWord()
  const known = status in statusColours ? (status as Status) : undefined
  return <Chip colour={known ? statusColours[known] : '#8c8c8c'} text={word(status, channel)} />
}

/** Shows the state of a campaign; a running one breathes. */
export function StateChip({ state }: { state: CampaignState }) {
  const { t } = useTranslation()
  return <Chip colour={stateColours[state]} text={t(`state.${state}`)} pulse={state === 'running'} />
}
