import { App, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'
import { formatTime } from '@/lib/format'

import { type Act, type Campaign, progressOf, useAct, useKeep } from './api'
import { ForecastSummary } from './ForecastSummary'
import { useActivate } from './useActivate'

/** Asks before each act and says what will happen to how many messages, then does it. */
export function useCampaignActs(campaign: Campaign, zone: string) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const confirm = useConfirm()
  const act = useAct(campaign.id)
  const keep = useKeep(campaign.id)
  const activate = useActivate(campaign)
  const name = campaign.name || t('campaigns.unnamed')
  const done = () => void message.success(t('action.done'))

  const consequences = (what: Act) => {
    if (what === 'activate') {
      const time = formatTime(campaign.schedule_at, zone)
      return (
        <>
          <p>{time ? t('action.activateLater', { time }) : t('action.activateNow')}</p>
          <ForecastSummary id={campaign.id} zone={zone} />
        </>
      )
    }
    const waiting = campaign.counts ? progressOf(campaign.counts).waiting : 0
    return (
      <p>
        {t(`action.${what}Text`)} {campaign.counts && t('action.waiting', { count: waiting })}
      </p>
    )
  }
  return {
    ask: (what: Act) => {
      if (what === 'activate') {
        activate(consequences(what), done)
        return
      }
      confirm({
        title: t(`action.${what}Title`, { name }),
        ok: t(`action.${what}`),
        danger: what === 'cancel',
        text: consequences(what),
        action: async () => {
          await act.mutateAsync(what)
          done()
        },
      })
    },
    clone: (then: (made: Campaign) => void) => {
      void keep
        .clone(t('action.copyOf', { name }))
        .then((made) => {
          void message.success(t('action.cloned', { name: made.name }))
          then(made)
        })
        .catch((error: unknown) => void message.error(error instanceof Error ? error.message : String(error)))
    },
    rename: () => {
      let next = campaign.name
      confirm({
        title: t('action.renameTitle'),
        ok: t('common.save'),
        text: (
          <Input
            autoFocus
            aria-label={t('campaigns.name')}
            maxLength={200}
            defaultValue={campaign.name}
            onChange={(e) => {
              next = e.target.value
            }}
          />
        ),
        action: () => keep.rename(next),
      })
    },
    remove: (then?: () => void) => {
      const sent = campaign.counts ? (campaign.counts.sent ?? 0) : 0
      confirm({
        title: t('action.deleteTitle', { name }),
        ok: t('common.delete'),
        danger: true,
        typed: campaign.name || undefined,
        text: sent > 0 ? t('action.deleteSent', { count: sent }) : t('action.deleteText'),
        action: async () => {
          await keep.remove(campaign.name)
          void message.success(t('action.deleted', { name }))
          then?.()
        },
      })
    },
  }
}
