import { useQuery } from '@tanstack/react-query'
import { Flex, Grid, Input, Select, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { type Status, statuses } from '@/components/ui/status'
import { useStatusWord } from '@/components/ui/statusWords'
import { currentCursor } from '@/lib/pages'
import { useChannel, useRank } from '@/lib/words'

import { peopleQuery } from './api'
import { ExportButton } from './ExportButton'
import { PeopleTable } from './PeopleTable'

/** What the address says about the list of people. */
export interface PeopleView {
  status?: Status
  rank?: number
  /** Of a cause. */
  code?: string
  q?: string
  page?: string
}

/** The list of people of a campaign with its filters. */
export function People(props: {
  campaign: number
  legs: { rank: number; channel: string }[]
  zone: string
  view: PeopleView
  onView: (view: PeopleView) => void
  onWhy: (contact: number) => void
}) {
  const { t } = useTranslation()
  const channel = useChannel()
  const rank = useRank(props.legs)
  const word = useStatusWord()
  const narrow = !Grid.useBreakpoint().md
  const { campaign, legs, zone, view, onView, onWhy } = props
  const filter = { status: view.status, rank: view.rank, code: view.code, search: view.q || undefined }
  const people = useQuery(peopleQuery(campaign, { ...filter, cursor: currentCursor(view.page) }))
  const items = people.data?.items ?? []
  const change = (part: PeopleView) => {
    onView({ ...view, page: undefined, ...part })
  }
  return (
    <section aria-labelledby="people">
      <Flex justify="space-between" align="baseline" wrap gap={8}>
        <Typography.Title level={2} id="people" style={{ fontSize: 18 }}>
          {t('people.title')}
        </Typography.Title>
        <ExportButton campaign={campaign} filter={filter} />
      </Flex>
      <Flex gap={8} wrap style={{ marginBottom: 12 }}>
        <Select<Status>
          allowClear
          aria-label={t('people.filterStatus')}
          placeholder={t('people.filterStatus')}
          style={{ minWidth: 200 }}
          value={view.status}
          options={statuses.map((s) => ({
            value: s,
            label: word(
              s,
              legs.map((l) => l.channel),
            ),
          }))}
          onChange={(status?: Status) => {
            change({ status })
          }}
        />
        <Select<number>
          allowClear
          aria-label={t('people.filterChannel')}
          placeholder={t('people.filterChannel')}
          style={{ minWidth: 200 }}
          value={view.rank}
          options={legs.map((l) => ({ value: l.rank, label: `${channel(l.channel)} – ${rank(l.rank)}` }))}
          onChange={(r?: number) => {
            change({ rank: r })
          }}
        />
        {view.code !== undefined && (
          <Tag
            closable={{ 'aria-label': t('people.clearCause') }}
            style={{ alignSelf: 'center' }}
            onClose={() => {
              change({ code: undefined })
            }}
          >
            {t('people.cause')}: {view.code}
          </Tag>
        )}
        <Input.Search
          allowClear
          aria-label={t('people.search')}
          placeholder={t('people.search')}
          defaultValue={view.q}
          style={{ maxWidth: 280 }}
          onSearch={(q) => {
            change({ q: q || undefined })
          }}
        />
      </Flex>
      {people.isPending && <Loading />}
      {people.isError && <Failure error={people.error} retry={() => void people.refetch()} />}
      {people.isSuccess && items.length === 0 && <Nothing text={t('people.empty')} />}
      {items.length > 0 && (
        <PeopleTable items={items} zone={zone} narrow={narrow} loading={people.isPlaceholderData} onWhy={onWhy} />
      )}
      <Pager
        trail={view.page}
        next={people.data?.next}
        onChange={(page) => {
          onView({ ...view, page })
        }}
      />
    </section>
  )
}
