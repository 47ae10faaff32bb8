import { PlusOutlined } from '@ant-design/icons'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Grid, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { Pager } from '@/components/ui/Pager'
import { segmentsQuery } from '@/features/segment/api'
import { SegmentTable } from '@/features/segment/SegmentTable'
import { currentCursor } from '@/lib/pages'

/** The list of segments; search and page live in the address. */
export function SegmentsPage() {
  const { t, i18n } = useTranslation()
  const search = useSearch({ from: '/app/segments' })
  const navigate = useNavigate()
  const zone = useZone()
  const may = useCan()('marketer')
  const narrow = !Grid.useBreakpoint().md
  const list = useQuery(segmentsQuery({ search: search.q, cursor: currentCursor(search.page) }, i18n.language))
  const go = (next: typeof search) => void navigate({ to: '/segments', search: next })
  const items = list.data?.items ?? []
  const create = may && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: '/segments/new', search: {} })}>
      {t('segments.new')}
    </Button>
  )
  return (
    <Page title={t('segments.title')} zone extra={create}>
      <Input.Search
        allowClear
        aria-label={t('segments.search')}
        placeholder={t('segments.search')}
        defaultValue={search.q}
        style={{ maxWidth: 320, marginBottom: 12 }}
        onSearch={(q) => {
          go({ q: q || undefined })
        }}
      />
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing
          text={search.q ? t('common.emptyFilter') : t('segments.empty')}
          hint={search.q ? undefined : t('segments.emptyHint')}
          action={
            search.q ? (
              <Button
                onClick={() => {
                  go({})
                }}
              >
                {t('common.clearFilter')}
              </Button>
            ) : (
              create
            )
          }
        />
      )}
      {items.length > 0 && <SegmentTable items={items} zone={zone} narrow={narrow} loading={list.isPlaceholderData} />}
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
