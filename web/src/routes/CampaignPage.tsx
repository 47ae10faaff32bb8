import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Grid, Typography } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { StateChip } from '@/components/ui/Chip'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { type Status, statuses } from '@/components/ui/status'
import { AddPeople } from '@/features/campaign/AddPeople'
import { type Campaign, campaignQuery, editable, takesPeople } from '@/features/campaign/api'
import { CampaignActions } from '@/features/campaign/CampaignActions'
import { CampaignCost } from '@/features/campaign/CampaignCost'
import { CampaignFacts } from '@/features/campaign/CampaignFacts'
import { CampaignLog } from '@/features/campaign/CampaignLog'
import { CampaignProgress } from '@/features/campaign/CampaignProgress'
import { Causes } from '@/features/report/Causes'
import { CountsTable } from '@/features/report/CountsTable'
import { Course } from '@/features/report/Course'
import { Funnel } from '@/features/report/Funnel'
import { People, type PeopleView } from '@/features/report/People'
import { Ratings } from '@/features/report/Ratings'
import { Unknowns } from '@/features/report/Unknowns'
import { useLiveCounts } from '@/features/report/useLiveCounts'
import { WhyDrawer } from '@/features/report/WhyDrawer'

/** One campaign: what it is, what may be done with it, live numbers and the people behind them. */
export function CampaignPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/app/campaigns/$id' })
  const navigate = useNavigate()
  const zone = useZone()
  const campaign = useQuery(campaignQuery(id))
  const c = campaign.data
  const edit = (one: Campaign) => void navigate({ to: '/campaigns/$id/edit', params: { id: one.id }, search: {} })
  return (
    <Page
      title={c ? c.name || t('campaigns.unnamed') : t('campaigns.title')}
      mark={c && <StateChip state={c.state} />}
      back={{ text: t('campaign.back'), to: '/campaigns' }}
      zone
      extra={
        c && (
          <CampaignActions
            campaign={c}
            zone={zone}
            onEdit={edit}
            onDeleted={() => void navigate({ to: '/campaigns', search: {} })}
          />
        )
      }
    >
      {campaign.isPending && <Loading />}
      {campaign.isError && <Failure error={campaign.error} retry={() => void campaign.refetch()} />}
      {c && (
        <Flex vertical gap={24}>
          <CampaignFacts campaign={c} zone={zone} />
          {c.run_id ? (
            <Numbers campaign={c} zone={zone} />
          ) : (
            <NotStarted
              campaign={c}
              onEdit={() => {
                edit(c)
              }}
            />
          )}
          <Section id="log" title={t('log.title')}>
            <CampaignLog key={c.updated_at} campaign={c.id} zone={zone} />
          </Section>
        </Flex>
      )}
    </Page>
  )
}

function NotStarted({ campaign, onEdit }: { campaign: Campaign; onEdit: () => void }) {
  const { t } = useTranslation()
  const can = useCan()
  return (
    <Nothing
      text={t('campaign.notStarted')}
      action={can('marketer') && editable(campaign.state) && <Button onClick={onEdit}>{t('campaign.goOn')}</Button>}
    />
  )
}

function Section({
  id,
  title,
  extra,
  children,
}: {
  id: string
  title: string
  extra?: ReactNode
  children: ReactNode
}) {
  return (
    <section aria-labelledby={id}>
      <Flex justify="space-between" align="baseline" wrap gap={8}>
        <Typography.Title level={2} id={id} style={{ fontSize: 18 }}>
          {title}
        </Typography.Title>
        {extra}
      </Flex>
      {children}
    </section>
  )
}

/** Receipts come for days after the last message, so a finished campaign is watched too. */
const watched = ['running', 'paused', 'finished', 'cancelled']

function Numbers({ campaign, zone }: { campaign: Campaign; zone: string }) {
  const { t } = useTranslation()
  const can = useCan()
  const narrow = !Grid.useBreakpoint().md
  const search = useSearch({ from: '/app/campaigns/$id' })
  const navigate = useNavigate()
  const { counts, live } = useLiveCounts(campaign.id, true, watched.includes(campaign.state))
  const go = (next: typeof search) =>
    void navigate({
      to: '/campaigns/$id',
      params: { id: campaign.id },
      search: { ...next, q: next.q || undefined },
      resetScroll: false,
    })
  if (counts.isPending) return <Loading />
  if (counts.isError && !counts.data) return <Failure error={counts.error} retry={() => void counts.refetch()} />
  const { who, course, ...view } = search
  const behind = (next: PeopleView) => {
    go({ course, ...next })
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    document.getElementById('people')?.scrollIntoView({ behavior: calm ? 'auto' : 'smooth' })
  }
  const moving = campaign.state === 'running'
  const legs = counts.data.legs ?? []
  const open = takesPeople(campaign)
  return (
    <>
      <Unknowns
        campaign={campaign.id}
        count={counts.data.total.unknown ?? 0}
        may={can('marketer')}
        onOpen={() => {
          behind({ status: 'unknown' })
        }}
      />
      <Section
        id="results"
        title={t('report.results')}
        extra={
          <Typography.Text type="secondary">
            {live && <span aria-hidden className="dot pulse" style={{ background: '#389e0d' }} />}
            {live ? t('campaign.live') : t('campaign.polling')}
          </Typography.Text>
        }
      >
        <CampaignProgress
          counts={counts.data.total}
          channels={legs.map((l) => l.channel)}
          resting={legs.filter((l) => l.channel === 'wait').reduce((n, l) => n + (l.counts.processing ?? 0), 0)}
        />
        {campaign.audience.entry && (
          <Flex gap={12} align="center" wrap>
            <Typography.Text type="secondary">
              {t('flow.entry.people', { count: counts.data.people })}. {open && t('flow.entry.open')}
              {counts.data.dispatched && (moving || campaign.state === 'paused') && t('flow.entry.closed')}
            </Typography.Text>
            {open && can('marketer') && <AddPeople campaign={campaign} />}
          </Flex>
        )}
        {!counts.data.dispatched && moving && !campaign.audience.entry && (
          <Typography.Text type="secondary">{t('campaign.enlisting')}</Typography.Text>
        )}
        <div style={{ margin: '16px 0' }}>
          <Funnel
            counts={counts.data}
            onOpen={(status?: Status) => {
              behind({ status })
            }}
          />
        </div>
        <Ratings counts={counts.data} />
        <Typography.Title level={3} style={{ fontSize: 16 }}>
          {t('campaign.legs')}
        </Typography.Title>
        <CountsTable
          counts={counts.data}
          onOpen={(number) => {
            behind({ status: statuses.find((s) => s === number.status), rank: number.rank })
          }}
        />
        <CampaignCost campaign={campaign} spent={counts.data.spent} sent={counts.data.total.sent ?? 0} zone={zone} />
      </Section>
      <Course
        campaign={campaign.id}
        step={course}
        watch={moving}
        onStep={(step) => {
          go({ ...search, course: step })
        }}
      />
      <Section id="causes" title={t('causes.title')}>
        <Causes campaign={campaign.id} watch={moving} narrow={narrow} onOpen={behind} />
      </Section>
      <People
        campaign={campaign.id}
        legs={counts.data.legs ?? []}
        zone={zone}
        view={view}
        onView={(next) => {
          go({ course, ...next })
        }}
        onWhy={(contact) => {
          go({ ...search, who: contact })
        }}
      />
      <WhyDrawer
        campaign={campaign.id}
        contact={who}
        zone={zone}
        onClose={() => {
          go({ course, ...view })
        }}
      />
    </>
  )
}
