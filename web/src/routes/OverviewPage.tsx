import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Card, Flex } from 'antd'
import { useTranslation } from 'react-i18next'

import { sessionQuery, useCan, useZone } from '@/api/session'
import { StateChip } from '@/components/ui/Chip'
import { Failure, Loading } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { campaignsQuery } from '@/features/campaign/api'
import { CampaignProgress } from '@/features/campaign/CampaignProgress'
import { attentionQuery, overviewQuery, type Period, stepsQuery } from '@/features/overview/api'
import { AttentionList } from '@/features/overview/AttentionList'
import { Checklist } from '@/features/overview/Checklist'
import type { View } from '@/features/overview/daily'
import { DailyCharts } from '@/features/overview/DailyCharts'
import { useDismissed } from '@/features/overview/dismissed'
import { SampleCard } from '@/features/overview/SampleCard'
import { formatTime } from '@/lib/format'
import { useChannels } from '@/lib/words'

/** The first page: the way to the first broadcast, what needs somebody, what is running, and what was sent. */
export function OverviewPage() {
  const { t } = useTranslation()
  const zone = useZone()
  const steps = useQuery(stepsQuery)
  const totals = useQuery(overviewQuery)
  const session = useQuery(sessionQuery)
  const navigate = useNavigate()
  const search = useSearch({ from: '/app/' })
  const sent = Boolean(steps.data?.sent)
  const [dismissed, dismiss] = useDismissed(session.data?.workspace?.id ?? 0)
  const can = useCan()
  return (
    <Page
      title={t('overview.title')}
      zone
      extra={
        steps.data &&
        !sent &&
        dismissed && (
          <Button
            onClick={() => {
              dismiss(false)
            }}
          >
            {t('overview.start')}
          </Button>
        )
      }
    >
      {steps.isPending && <Loading />}
      {steps.isError && <Failure error={steps.error} retry={() => void steps.refetch()} />}
      {steps.data && (
        <Flex vertical gap={24}>
          {!sent && !dismissed && (
            <Checklist
              steps={steps.data}
              onDismiss={() => {
                dismiss(true)
              }}
            >
              {can('owner') && <SampleCard />}
            </Checklist>
          )}
          <NeedsAttention zone={zone} />
          <Running zone={zone} />
          {(sent || dismissed) && (
            <DailyCharts
              days={search.days ?? 30}
              view={search.by ?? 'channel'}
              people={totals.data?.contacts}
              onDays={(days: Period) =>
                void navigate({ to: '/', search: { ...search, days: days === 30 ? undefined : days }, replace: true })
              }
              onView={(view: View) =>
                void navigate({
                  to: '/',
                  search: { ...search, by: view === 'status' ? view : undefined },
                  replace: true,
                })
              }
            />
          )}
        </Flex>
      )}
    </Page>
  )
}

function NeedsAttention({ zone }: { zone: string }) {
  const { t } = useTranslation()
  const list = useQuery(attentionQuery)
  const items = list.data?.items ?? []
  if (list.isSuccess && items.length === 0) return null
  return (
    <section aria-labelledby="attention">
      <h2 id="attention" className="section-title">
        {t('overview.attention')}
      </h2>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {items.length > 0 && (
        <Card size="small" style={{ marginTop: 12 }}>
          <AttentionList items={items} zone={zone} />
        </Card>
      )}
    </section>
  )
}

/** Campaigns that go out, stand still or will start, with how far they are. */
function Running({ zone }: { zone: string }) {
  const { t } = useTranslation()
  const channels = useChannels()
  const list = useQuery(campaignsQuery({ state: ['running', 'paused', 'scheduled'] }))
  const items = (list.data?.items ?? []).slice(0, 6)
  if (list.isSuccess && items.length === 0) return null
  return (
    <section aria-labelledby="running">
      <h2 id="running" className="section-title">
        {t('overview.running')}
      </h2>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      <div className="cards" style={{ marginTop: 12, marginBottom: 0 }}>
        {items.map((c) => (
          <Card key={c.id} size="small">
            <Flex vertical gap={6}>
              <Flex justify="space-between" align="start" gap={8}>
                <Link to="/campaigns/$id" params={{ id: c.id }} search={{}} className="strong">
                  {c.name}
                </Link>
                <StateChip state={c.state} />
              </Flex>
              <small>{channels(c.legs)}</small>
              {c.counts ? (
                <CampaignProgress counts={c.counts} channels={(c.legs ?? []).map((l) => l.channel)} small />
              ) : (
                c.schedule_at && <small>{t('overview.startsAt', { time: formatTime(c.schedule_at, zone) })}</small>
              )}
            </Flex>
          </Card>
        ))}
      </div>
    </section>
  )
}
