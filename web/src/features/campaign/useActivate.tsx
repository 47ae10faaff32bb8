import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type FieldProblem, Problem } from '@/api/problem'
import { useConfirm } from '@/components/ui/confirm'
import { useChannel } from '@/lib/words'

import { type Campaign, useAct } from './api'
import { BehindList } from './BehindDrawer'

/** Asks before the activation. When the server finds people whose values would be refused it says so, and asks once more. */
export function useActivate(campaign: Campaign) {
  const { t } = useTranslation()
  const confirm = useConfirm()
  const act = useAct(campaign.id)
  return (text: ReactNode, onDone: (campaign: Campaign) => void) => {
    const anyway = (problem: Problem) => {
      confirm({
        title: t('values.title', { name: campaign.name || t('campaigns.unnamed') }),
        ok: t('values.anyway'),
        danger: true,
        text: <Refused campaign={campaign} problem={problem} />,
        action: async () => {
          onDone(await act.mutateAsync('activateAnyway'))
        },
      })
    }
    confirm({
      title: t('action.activateTitle', { name: campaign.name || t('campaigns.unnamed') }),
      ok: t('action.activate'),
      text,
      action: async () => {
        try {
          onDone(await act.mutateAsync('activate'))
        } catch (error) {
          if (!(error instanceof Problem) || error.code !== 'campaign.values_refused') throw error
          anyway(error)
        }
      },
    })
  }
}

/** How many people would be refused on which channel and why, with the list of them. */
function Refused({ campaign, problem }: { campaign: Campaign; problem: Problem }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const [listed, setListed] = useState(false)
  const where = (f: FieldProblem) => {
    const leg = campaign.legs?.[Number(/^legs\[(\d+)\]/.exec(f.path)?.[1] ?? -1)]
    return leg ? `${channel(leg.channel)}: ` : ''
  }
  return (
    <>
      <p>{problem.detail}</p>
      <ul className="review-list">
        {problem.errors.map((f, i) => (
          <li key={i}>
            {where(f)}
            {f.detail}
          </li>
        ))}
      </ul>
      <p>{t('values.hint')}</p>
      {listed ? (
        <BehindList campaign={campaign.id} behind={{ rank: -1, reason: 'values' }} />
      ) : (
        <Button
          type="link"
          style={{ paddingInline: 0 }}
          onClick={() => {
            setListed(true)
          }}
        >
          {t('values.list')}
        </Button>
      )}
    </>
  )
}
