import { useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'
import { StateChip } from '@/components/ui/Chip'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { type Campaign, campaignQuery, editable } from '@/features/campaign/api'
import { Wizard } from '@/features/campaign/wizard/Wizard'

/** Where the wizard leads: each step has an address of its own. */
function useSteps() {
  const navigate = useNavigate()
  const { history } = useRouter()
  return {
    onStep: (c: Campaign, step: 'audience' | 'channels' | 'time' | 'review') =>
      void navigate({ to: '/campaigns/$id/edit', params: { id: c.id }, search: { step } }),
    onNewSegment: (c: Campaign) => {
      const back = `/campaigns/${c.id}/edit?step=audience`
      history.push(`/segments/new?back=${encodeURIComponent(back)}`)
    },
    onDone: (c: Campaign) => void navigate({ to: '/campaigns/$id', params: { id: c.id }, search: {} }),
  }
}

/** Begins a broadcast. It is stored with the first step that is left. */
export function CampaignNewPage() {
  const { t } = useTranslation()
  const zone = useZone()
  const lead = useSteps()
  return (
    <Page title={t('wizard.new')} back={{ text: t('campaign.back'), to: '/campaigns' }} zone>
      <Wizard step="audience" zone={zone} {...lead} />
    </Page>
  )
}

/** Goes on with a broadcast that was not activated yet. */
export function CampaignEditPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/campaigns/$id/edit' })
  const { step, segment } = useSearch({ from: '/app/campaigns/$id/edit' })
  const zone = useZone()
  const navigate = useNavigate()
  const lead = useSteps()
  // What is being edited must not change under the hands.
  const campaign = useQuery({ ...campaignQuery(id), refetchOnWindowFocus: false, refetchInterval: false })
  const c = campaign.data
  return (
    <Page
      title={c?.name || t('wizard.new')}
      mark={c && <StateChip state={c.state} />}
      back={{ text: t('campaign.back'), to: '/campaigns' }}
      zone
    >
      {campaign.isPending && <Loading />}
      {campaign.isError && <Failure error={campaign.error} retry={() => void campaign.refetch()} />}
      {c && !editable(c.state) && (
        <Nothing
          text={t('wizard.notEditable')}
          action={
            <Button type="primary" onClick={() => void navigate({ to: '/campaigns/$id', params: { id }, search: {} })}>
              {t('wizard.toCampaign')}
            </Button>
          }
        />
      )}
      {c && editable(c.state) && (
        <Wizard key={id} campaign={c} step={step ?? 'audience'} added={segment} zone={zone} {...lead} />
      )}
    </Page>
  )
}
