import { useQuery } from '@tanstack/react-query'
import { Table, type TableColumnsType } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/schema'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { currentCursor, type Trail } from '@/lib/pages'

import { membersQuery, type Segment } from './api'

type Person = components['schemas']['SegmentPerson']

interface SegmentMembersProps {
  segment: Segment
  narrow: boolean
  page?: Trail
  onPage: (page: Trail | undefined) => void
  /** Links to a customer; the page knows where that is. */
  link: (id: number, name: string) => ReactNode
}

/** The people of a segment now, page by page. */
export function SegmentMembers({ segment, narrow, page, onPage, link }: SegmentMembersProps) {
  const { t } = useTranslation()
  const members = useQuery(membersQuery(segment.id, currentCursor(page), segment.updated_at))
  if (members.isPending) return <Loading />
  if (members.isError) return <Failure error={members.error} retry={() => void members.refetch()} />
  const items = members.data.items ?? []
  if (items.length === 0) return <Nothing text={t('segments.nobody')} hint={t('segments.nobodyHint')} />
  const wide: TableColumnsType<Person> = [
    { key: 'name', title: t('segments.person'), render: (_, p) => link(p.id, p.name || t('condition.unnamed')) },
    { key: 'phone', title: t('segments.phone'), width: 170, dataIndex: 'phone' },
    { key: 'email', title: t('segments.email'), dataIndex: 'email' },
    { key: 'code', title: t('segments.code'), width: 170, dataIndex: 'external_id' },
  ]
  const slim: TableColumnsType<Person> = [
    {
      key: 'name',
      title: t('segments.person'),
      render: (_, p) => (
        <>
          {link(p.id, p.name || t('condition.unnamed'))}
          <br />
          <small>{[p.phone, p.email].filter(Boolean).join(' · ') || p.external_id}</small>
        </>
      ),
    },
  ]
  return (
    <>
      <Table<Person>
        rowKey="id"
        columns={narrow ? slim : wide}
        dataSource={items}
        pagination={false}
        loading={members.isPlaceholderData}
        size="small"
      />
      <Pager trail={page} next={members.data.next} onChange={onPage} />
    </>
  )
}
