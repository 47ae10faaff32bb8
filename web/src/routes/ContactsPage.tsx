import { DownloadOutlined, PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Dropdown, Flex, Grid } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { address } from '@/api/client'
import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { Pager } from '@/components/ui/Pager'
import { attributesQuery, type ContactFilter, contactsQuery, filterQuery } from '@/features/contact/api'
import { BulkBar, type Chosen } from '@/features/contact/BulkBar'
import { ColumnChooser } from '@/features/contact/ColumnChooser'
import { useColumns } from '@/features/contact/columns'
import { ContactCount } from '@/features/contact/ContactCount'
import { ContactFilters } from '@/features/contact/ContactFilters'
import { ContactTable } from '@/features/contact/ContactTable'
import { CreateContact } from '@/features/contact/CreateContact'
import { SaveSegment } from '@/features/contact/SaveSegment'
import { currentCursor } from '@/lib/pages'
import '@/features/contact/contact.css'

const nobody: Chosen = { all: false, ids: [] }

/** The customers; search, filter and page live in the address. */
export function ContactsPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/app/contacts' })
  const navigate = useNavigate()
  const zone = useZone()
  const can = useCan()
  const narrow = !Grid.useBreakpoint().md
  const filter: ContactFilter = { search: search.q, tag: search.tag, condition: search.rule }
  const filtered = Boolean(search.q ?? search.tag ?? search.rule)
  const list = useQuery(contactsQuery(filter, currentCursor(search.page)))
  const attributes = useQuery(attributesQuery).data ?? []
  const [columns, setColumns] = useColumns()
  const [chosen, setChosen] = useState(nobody)
  const [creating, setCreating] = useState(false)
  const items = list.data?.items ?? []
  const apply = (f: ContactFilter) => {
    setChosen(nobody)
    void navigate({ to: '/contacts', search: { q: f.search, tag: f.tag, rule: f.condition } })
  }
  const create = can('care') && (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      aria-haspopup="dialog"
      onClick={() => {
        setCreating(true)
      }}
    >
      {t('contacts.create')}
    </Button>
  )
  const importing = can('marketer') && (
    <Button icon={<UploadOutlined />} onClick={() => void navigate({ to: '/contacts/import' })}>
      {t('contacts.import')}
    </Button>
  )
  return (
    <Page
      title={t('contacts.title')}
      zone
      extra={
        <>
          {importing}
          {create}
        </>
      }
    >
      <ContactFilters
        filter={filter}
        onChange={apply}
        extra={
          can('marketer') &&
          search.rule && (
            <SaveSegment
              condition={search.rule}
              onSaved={(id) => void navigate({ to: '/segments/$id', params: { id }, search: {} })}
            />
          )
        }
      />
      <Flex justify="space-between" align="center" gap={8} wrap style={{ marginBottom: 8 }}>
        <ContactCount filter={filter} />
        <Flex gap={8} wrap>
          <ColumnChooser columns={columns} attributes={attributes} onChange={setColumns} />
          {can('marketer') && <Export filter={filter} />}
        </Flex>
      </Flex>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing
          text={filtered ? t('common.emptyFilter') : t('contacts.empty')}
          hint={filtered ? t('contacts.searchHint') : t('contacts.emptyHint')}
          action={
            filtered ? (
              <Button
                onClick={() => {
                  apply({})
                }}
              >
                {t('common.clearFilter')}
              </Button>
            ) : (
              <Flex gap={8} justify="center" wrap>
                {importing}
                {create}
              </Flex>
            )
          }
        />
      )}
      {items.length > 0 && (
        <ContactTable
          items={items}
          columns={columns}
          attributes={attributes}
          zone={zone}
          narrow={narrow}
          loading={list.isPlaceholderData}
          selected={chosen.all ? items.map((c) => c.id) : chosen.ids}
          onSelect={
            can('marketer')
              ? (ids) => {
                  setChosen({ all: false, ids })
                }
              : undefined
          }
        />
      )}
      <Pager
        trail={search.page}
        next={list.data?.next ? String(list.data.next) : undefined}
        onChange={(page) => void navigate({ to: '/contacts', search: { ...search, page } })}
      />
      {can('marketer') && (
        <BulkBar
          chosen={chosen}
          filter={filter}
          onPage={items.length}
          more={Boolean(list.data?.next ?? search.page)}
          onChange={setChosen}
        />
      )}
      {creating && (
        <CreateContact
          onClose={() => {
            setCreating(false)
          }}
          onCreated={(c) => void navigate({ to: '/contacts/$id', params: { id: c.id }, search: {} })}
        />
      )}
    </Page>
  )
}

/** Downloads everybody whom the filter takes. */
function Export({ filter }: { filter: ContactFilter }) {
  const { t } = useTranslation()
  const link = (format: 'csv' | 'xlsx') => address('/contacts/export', { ...filterQuery(filter), format })
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: (['csv', 'xlsx'] as const).map((format) => ({
          key: format,
          label: (
            <a href={link(format)} download>
              {t(`contacts.export.${format}`)}
            </a>
          ),
        })),
      }}
    >
      <Button icon={<DownloadOutlined />}>{t('contacts.export.title')}</Button>
    </Dropdown>
  )
}
