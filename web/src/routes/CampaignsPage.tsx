import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Grid, Input, Select, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { type CampaignState, campaignStates } from '@/components/ui/status'
import { campaignsQuery } from '@/features/campaign/api'
import { CampaignTable } from '@/features/campaign/CampaignTable'
import { currentCursor } from '@/lib/pages'

/** The list of campaigns; state, search and page live in the address. */
export function CampaignsPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/app/campaigns' })
  const navigate = useNavigate()
  const zone = useZone()
  const narrow = !Grid.useBreakpoint().md
  const list = useQuery(campaignsQuery({ state: search.state, search: search.q, cursor: currentCursor(search.page) }))
  const go = (next: typeof search) => void navigate({ to: '/campaigns', search: next })
  const filtered = Boolean(search.state?.length || search.q)
  const items = list.data?.items ?? []
  return (
    <div className="page">
      <Flex justify="space-between" align="baseline" wrap gap={8}>
        <Typography.Title level={1} style={{ fontSize: 24 }}>
          {t('campaigns.title')}
        </Typography.Title>
        <Typography.Text type="secondary">{t('app.zone', { zone })}</Typography.Text>
      </Flex>
      <Flex gap={8} wrap style={{ marginBottom: 12 }}>
        <Input.Search
          allowClear
          aria-label={t('campaigns.search')}
          placeholder={t('campaigns.search')}
          defaultValue={search.q}
          style={{ maxWidth: 280 }}
          onSearch={(q) => {
            go({ ...search, q: q || undefined, page: undefined })
          }}
        />
        <Select<CampaignState[]>
          mode="multiple"
          allowClear
          aria-label={t('campaigns.filterState')}
          placeholder={t('campaigns.filterState')}
          style={{ minWidth: 240 }}
          value={search.state ?? []}
          options={campaignStates.map((state) => ({ value: state, label: t(`state.${state}`) }))}
          onChange={(state) => {
            go({ ...search, state: state.length ? state : undefined, page: undefined })
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
            filtered && (
              <Button
                onClick={() => {
                  go({})
                }}
              >
                {t('campaigns.clearFilter')}
              </Button>
            )
          }
        />
      )}
      {items.length > 0 && <CampaignTable items={items} zone={zone} narrow={narrow} loading={list.isPlaceholderData} />}
      <Pager
        trail={search.page}
        next={list.data?.next}
        onChange={(page) => {
          go({ ...search, page })
        }}
      />
    </div>
  )
}
