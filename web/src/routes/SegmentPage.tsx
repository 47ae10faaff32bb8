import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Descriptions, Flex, Grid, Tag } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { segmentQuery } from '@/features/segment/api'
import { SegmentMembers } from '@/features/segment/SegmentMembers'
import { SegmentSize } from '@/features/segment/SegmentSize'
import { SegmentUses } from '@/features/segment/SegmentUses'
import { useAskDelete } from '@/features/segment/useAskDelete'
import { formatTime } from '@/lib/format'

/** One segment: what it says, whom it takes now, and what uses it. */
export function SegmentPage() {
  const { t, i18n } = useTranslation()
  const { id } = useParams({ from: '/app/segments/$id' })
  const search = useSearch({ from: '/app/segments/$id' })
  const navigate = useNavigate()
  const zone = useZone()
  const may = useCan()('marketer')
  const narrow = !Grid.useBreakpoint().md
  const segment = useQuery(segmentQuery(id, i18n.language))
  const askDelete = useAskDelete(() => void navigate({ to: '/segments', search: {} }))
  const back = { text: t('segments.title'), to: '/segments' } as const
  if (segment.isPending)
    return (
      <Page title={t('segments.title')} back={back}>
        <Loading />
      </Page>
    )
  if (segment.isError)
    return (
      <Page title={t('segments.title')} back={back}>
        <Failure error={segment.error} retry={() => void segment.refetch()} />
      </Page>
    )
  const s = segment.data
  const uses = s.uses ?? []
  return (
    <Page
      title={s.name}
      mark={s.kind === 'list' && <Tag>{t('segments.list')}</Tag>}
      back={back}
      zone
      extra={
        may && (
          <>
            <Button type="primary" onClick={() => void navigate({ to: '/segments/$id/edit', params: { id } })}>
              {t('segments.edit')}
            </Button>
            <Button onClick={() => void navigate({ to: '/segments/new', search: { from: id } })}>
              {t('common.clone')}
            </Button>
            <Button
              danger
              onClick={() => {
                askDelete(s)
              }}
            >
              {t('common.delete')}
            </Button>
          </>
        )
      }
    >
      <Flex vertical gap={16}>
        {!s.summary && <Alert type="warning" showIcon title={t('segments.broken')} />}
        <Descriptions
          size="small"
          bordered
          column={1}
          styles={{ label: { width: 140 } }}
          items={[
            { key: 'rule', label: t('segments.rule'), children: s.summary || t('common.never') },
            { key: 'size', label: t('segments.size'), children: <SegmentSize segment={s} words /> },
            ...(s.description
              ? [
                  {
                    key: 'description',
                    label: t('segments.description'),
                    children: <span className="lines">{s.description}</span>,
                  },
                ]
              : []),
            { key: 'created', label: t('segments.created'), children: formatTime(s.created_at, zone) },
            { key: 'updated', label: t('segments.updated'), children: formatTime(s.updated_at, zone) },
          ]}
        />
        <Card size="small" title={<h2 className="card-title">{t('segments.usedBy')}</h2>}>
          {uses.length > 0 ? <SegmentUses uses={uses} /> : t('segments.unusedHint')}
          {s.use_count > uses.length && <small>{t('segments.moreUses', { count: s.use_count - uses.length })}</small>}
        </Card>
        <Card size="small" title={<h2 className="card-title">{t('segments.members')}</h2>}>
          <SegmentMembers
            segment={s}
            narrow={narrow}
            page={search.page}
            onPage={(page) => void navigate({ to: '/segments/$id', params: { id }, search: { page } })}
            link={(contact, name) => <Link to={`/contacts/${contact}` as '/contacts'}>{name}</Link>}
          />
        </Card>
      </Flex>
    </Page>
  )
}
