import { UploadOutlined } from '@ant-design/icons'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Grid } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { Pager } from '@/components/ui/Pager'
import { importsQuery } from '@/features/import/api'
import { ImportTable } from '@/features/import/ImportTable'
import { currentCursor } from '@/lib/pages'

/** The list of imports. */
export function ImportsPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/app/contacts/imports' })
  const navigate = useNavigate()
  const zone = useZone()
  const may = useCan()('marketer')
  const narrow = !Grid.useBreakpoint().md
  const before = currentCursor(search.page)
  const list = useQuery(importsQuery(before ? Number(before) : undefined))
  const items = list.data?.items ?? []
  const create = may && (
    <Button type="primary" icon={<UploadOutlined />} onClick={() => void navigate({ to: '/contacts/import' })}>
      {t('imports.new')}
    </Button>
  )
  return (
    <Page title={t('imports.list')} zone back={{ text: t('app.contacts'), to: '/contacts' }} extra={create}>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing text={t('imports.empty')} hint={t('imports.emptyHint')} action={create} />
      )}
      {items.length > 0 && <ImportTable items={items} zone={zone} narrow={narrow} loading={list.isPlaceholderData} />}
      <Pager
        trail={search.page}
        next={list.data?.next === undefined ? undefined : String(list.data.next)}
        onChange={(page) => void navigate({ to: '/contacts/imports', search: { page } })}
      />
    </Page>
  )
}
