import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Table, type TableColumnsType } from 'antd'
import { type Key, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/schema'
import { useCan } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { currentCursor, type Trail } from '@/lib/pages'

import { membersQuery, type Segment, useRemoveMembers } from './api'

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
  const confirm = useConfirm()
  const remove = useRemoveMembers(segment.id)
  const editable = useCan()('marketer') && segment.kind === 'list'
  const [chosen, setChosen] = useState<Key[]>([])
  const members = useQuery(membersQuery(segment.id, currentCursor(page), segment.updated_at))
  if (members.isPending) return <Loading />
  if (members.isError) return <Failure error={members.error} retry={() => void members.refetch()} />
  const items = members.data.items ?? []
  if (items.length === 0)
    return (
      <Nothing
        text={t('segments.nobody')}
        hint={t(segment.kind === 'list' ? 'segments.listEmptyHint' : 'segments.nobodyHint')}
      />
    )
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
      {editable && (
        <Flex gap={8} align="center" wrap style={{ marginBottom: 8 }}>
          <Button
            danger
            disabled={chosen.length === 0}
            onClick={() => {
              confirm({
                title: t('segments.takeOffTitle', { count: chosen.length }),
                text: t('segments.takeOffText'),
                ok: t('segments.takeOff'),
                danger: true,
                action: async () => {
                  await remove(chosen.map(Number))
                  setChosen([])
                },
              })
            }}
          >
            {t('segments.takeOff')}
          </Button>
          {chosen.length > 0 && <span role="status">{t('common.selected', { count: chosen.length })}</span>}
        </Flex>
      )}
      <Table<Person>
        rowKey="id"
        rowSelection={
          editable
            ? {
                selectedRowKeys: chosen,
                onChange: setChosen,
                getCheckboxProps: (p) => ({
                  'aria-label': t('segments.choose', { name: p.name || p.phone || p.email }),
                }),
                getTitleCheckboxProps: () => ({ 'aria-label': t('segments.chooseAll') }),
              }
            : undefined
        }
        columns={narrow ? slim : wide}
        dataSource={items}
        pagination={false}
        loading={members.isPlaceholderData}
        size="small"
      />
      <Pager
        trail={page}
        next={members.data.next}
        onChange={(next) => {
          setChosen([])
          onPage(next)
        }}
      />
    </>
  )
}
