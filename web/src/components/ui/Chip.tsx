import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'

import { type CampaignState, stateColours, statusColours, type Status } from './status'

function Chip({ colour, text, pulse }: { colour: string; text: string; pulse?: boolean }) {
  return (
    <Tag className="chip">
      <span aria-hidden className={pulse ? 'dot pulse' : 'dot'} style={{ background: colour }} />
      {text}
    </Tag>
  )
}

/** Shows where a message stands. A word that this version does not know is shown as it came. */
export function StatusChip({ status }: { status: string }) {
  const { t } = useTranslation()
  const known = status in statusColours ? (status as Status) : undefined
  return <Chip colour={known ? statusColours[known] : '#8c8c8c'} text={known ? t(`status.${known}`) : status} />
}

/** Shows the state of a campaign; a running one breathes. */
export function StateChip({ state }: { state: CampaignState }) {
  const { t } = useTranslation()
  return <Chip colour={stateColours[state]} text={t(`state.${state}`)} pulse={state === 'running'} />
}
