import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'
import { StateChip } from '@/components/ui/Chip'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { statuses } from '@/components/ui/status'
import { type Campaign, campaignQuery } from '@/features/campaign/api'
import { CampaignActions } from '@/features/campaign/CampaignActions'
import { CampaignFacts } from '@/features/campaign/CampaignFacts'
import { CampaignProgress } from '@/features/campaign/CampaignProgress'
import { CountsTable } from '@/features/report/CountsTable'
import { People, type PeopleView } from '@/features/report/People'
import { useLiveCounts } from '@/features/report/useLiveCounts'
import { WhyDrawer } from '@/features/report/WhyDrawer'

/** One campaign: what it is, what may be done with it, live numbers and the people behind them. */
export function CampaignPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/campaigns/$id' })
  const zone = useZone()
  const campaign = useQuery(campaignQuery(id))
  return (
    <div className="page">
      <Link to="/campaigns" search={{}}>
        ← {t('campaign.back')}
      </Link>
      {campaign.isPending && <Loading />}
      {campaign.isError && <Failure error={campaign.error} retry={() => void campaign.refetch()} />}
      {campaign.data && <Loaded campaign={campaign.data} zone={zone} />}
    </div>
  )
}

function Loaded({ campaign, zone }: { campaign: Campaign; zone: string }) {
  const { t } = useTranslation()
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="start" wrap gap={12}>
        <Flex align="center" gap={10} wrap>
          <Typography.Title level={1} style={{ fontSize: 24, margin: '8px 0' }}>
            {campaign.name || t('campaigns.unnamed')}
          </Typography.Title>
          <StateChip state={campaign.state} />
        </Flex>
        <CampaignActions campaign={campaign} zone={zone} />
      </Flex>
      <CampaignFacts campaign={campaign} zone={zone} />
      <Typography.Text type="secondary">{t('app.zone', { zone })}</Typography.Text>
      {campaign.run_id ? <Numbers campaign={campaign} zone={zone} /> : <Nothing text={t('campaign.notStarted')} />}
    </Flex>
  )
}

/** Receipts come for days after the last message, so a finished campaign is watched too. */
const watched = ['running', 'paused', 'finished', 'cancelled']

function Numbers({ campaign, zone }: { campaign: Campaign; zone: string }) {
  const { t } = useTranslation()
  const search = useSearch({ from: '/app/campaigns/$id' })
  const navigate = useNavigate()
  const { counts, live } = useLiveCounts(campaign.id, true, watched.includes(campaign.state))
  const go = (next: PeopleView & { who?: number }) =>
    void navigate({
      to: '/campaigns/$id',
      params: { id: campaign.id },
      search: { ...next, q: next.q || undefined },
      resetScroll: false,
    })
  if (counts.isPending) return <Loading />
  if (counts.isError && !counts.data) return <Failure error={counts.error} retry={() => void counts.refetch()} />
  const { who, ...view } = search
  return (
    <>
      <section aria-labelledby="results">
        <Flex justify="space-between" align="baseline" wrap gap={8}>
          <Typography.Title level={2} id="results" style={{ fontSize: 18 }}>
            {t('campaign.legs')}
          </Typography.Title>
          <Typography.Text type="secondary">
            {live && <span aria-hidden className="dot pulse" style={{ background: '#389e0d' }} />}
            {live ? t('campaign.live') : t('campaign.polling')}
          </Typography.Text>
        </Flex>
        <CampaignProgress counts={counts.data.total} />
        {!counts.data.dispatched && campaign.state === 'running' && (
          <Typography.Text type="secondary">{t('campaign.enlisting')}</Typography.Text>
        )}
        <div style={{ marginTop: 12 }}>
          <CountsTable
            counts={counts.data}
            onOpen={(behind) => {
              const status = statuses.find((s) => s === behind.status)
              go({ status, rank: behind.rank })
              document.getElementById('people')?.scrollIntoView({ behavior: 'smooth' })
            }}
          />
        </div>
      </section>
      <People
        campaign={campaign.id}
        legs={counts.data.legs ?? []}
        zone={zone}
        view={view}
        onView={(next) => {
          go(next)
        }}
        onWhy={(contact) => {
          go({ ...view, who: contact })
        }}
      />
      <WhyDrawer
        campaign={campaign.id}
        contact={who}
        zone={zone}
        onClose={() => {
          go(view)
        }}
      />
    </>
  )
}
