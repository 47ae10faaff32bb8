import { PlusOutlined } from '@ant-design/icons'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Flex, Grid, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { Pager } from '@/components/ui/Pager'
import { campaignStates } from '@/components/ui/status'
import { campaignsQuery } from '@/features/campaign/api'
import { CampaignTable } from '@/features/campaign/CampaignTable'
import { currentCursor } from '@/lib/pages'
import { useChannel } from '@/lib/words'

const channels = ['zns', 'sms', 'email', 'zalo_oa', 'messenger', 'ai_call'] as const
const sorts = ['age', 'time', 'updated', 'name'] as const

/** The list of campaigns; filters, order and page live in the address. */
export function CampaignsPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/app/campaigns' })
  const navigate = useNavigate()
  const zone = useZone()
  const can = useCan()
  const channel = useChannel()
  const narrow = !Grid.useBreakpoint().md
  /** The moment at which a day begins in the workspace's zone. */
  const moment = (day: string | undefined, plus = 0) =>
    day ? dayjs.tz(`${day}T00:00`, zone).add(plus, 'day').toISOString() : undefined
  const list = useQuery(
    campaignsQuery({
      state: search.state,
      search: search.q,
      channel: search.channel,
      from: moment(search.from),
      to: moment(search.to, 1),
      sort: search.sort,
      cursor: currentCursor(search.page),
    }),
  )
  const go = (next: typeof search) => void navigate({ to: '/campaigns', search: next })
  const change = (part: typeof search) => {
    go({ ...search, page: undefined, ...part })
  }
  const filtered = Boolean(search.state?.length || search.q || search.channel || search.from || search.to)
  const items = list.data?.items ?? []
  const create = can('marketer') && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: '/campaigns/new' })}>
      {t('campaigns.new')}
    </Button>
  )
  return (
    <Page title={t('campaigns.title')} zone extra={create}>
      <Flex gap={6} wrap role="group" aria-label={t('campaigns.filterState')} style={{ marginBottom: 12 }}>
        {campaignStates.map((state) => {
          const on = search.state?.includes(state) ?? false
          return (
            <Button
              key={state}
              size="small"
              shape="round"
              type={on ? 'primary' : 'default'}
              aria-pressed={on}
              onClick={() => {
                const next = on ? search.state?.filter((s) => s !== state) : [...(search.state ?? []), state]
                change({ state: next?.length ? next : undefined })
              }}
            >
              {t(`state.${state}`)}
            </Button>
          )
        })}
      </Flex>
      <Flex gap={8} wrap style={{ marginBottom: 12 }}>
        <Input.Search
          allowClear
          aria-label={t('campaigns.search')}
          placeholder={t('campaigns.search')}
          defaultValue={search.q}
          style={{ maxWidth: 260 }}
          onSearch={(q) => {
            change({ q: q || undefined })
          }}
        />
        <Select
          allowClear
          aria-label={t('campaigns.filterChannel')}
          placeholder={t('campaigns.filterChannel')}
          style={{ minWidth: 150 }}
          value={search.channel}
          options={channels.map((c) => ({ value: c, label: channel(c) }))}
          onChange={(c?: (typeof channels)[number]) => {
            change({ channel: c })
          }}
        />
        <DatePicker.RangePicker
          aria-label={t('campaigns.filterTime')}
          allowEmpty
          format="DD/MM/YYYY"
          placeholder={[t('campaigns.from'), t('campaigns.to')]}
          value={[search.from ? dayjs(search.from) : null, search.to ? dayjs(search.to) : null]}
          onChange={(range) => {
            change({
              from: range?.[0]?.format('YYYY-MM-DD') ?? undefined,
              to: range?.[1]?.format('YYYY-MM-DD') ?? undefined,
            })
          }}
        />
        <Select<(typeof sorts)[number]>
          aria-label={t('campaigns.sort')}
          style={{ minWidth: 190 }}
          value={search.sort ?? 'age'}
          options={sorts.map((s) => ({ value: s, label: t(`campaigns.sorts.${s}`) }))}
          onChange={(s) => {
            change({ sort: s === 'age' ? undefined : s })
          }}
        />
      </Flex>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing
          text={filtered ? t('campaigns.emptyFilter') : t('campaigns.empty')}
          hint={filtered ? undefined : t('campaigns.emptyHint')}
          action={
            filtered ? (
              <Button
                onClick={() => {
                  go({ sort: search.sort })
                }}
              >
                {t('campaigns.clearFilter')}
              </Button>
            ) : (
              create
            )
          }
        />
      )}
      {items.length > 0 && (
        <CampaignTable
          items={items}
          zone={zone}
          narrow={narrow}
          loading={list.isPlaceholderData}
          onEdit={(c) => void navigate({ to: '/campaigns/$id/edit', params: { id: c.id }, search: {} })}
        />
      )}
      <Pager
        trail={search.page}
        next={list.data?.next}
        onChange={(page) => {
          go({ ...search, page })
        }}
      />
    </Page>
  )
}
