import { PlusOutlined } from '@ant-design/icons'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown, Flex, Grid, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Page } from '@/components/ui/Page'
import { Pager } from '@/components/ui/Pager'
import { templatesQuery } from '@/features/template/api'
import { templateChannels } from '@/features/template/editors'
import { TemplateTable } from '@/features/template/TemplateTable'
import { isAct } from '@/lib/channels'
import { currentCursor } from '@/lib/pages'
import { useChannel } from '@/lib/words'

/** The list of templates; channel, search and page live in the address. */
export function TemplatesPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/app/templates' })
  const navigate = useNavigate()
  const zone = useZone()
  const channel = useChannel()
  const may = useCan()('marketer')
  const narrow = !Grid.useBreakpoint().md
  const list = useQuery(
    templatesQuery({ search: search.q, channel: search.channel, before: currentCursor(search.page) }),
  )
  const go = (next: typeof search) => void navigate({ to: '/templates', search: next })
  const items = list.data?.items ?? []
  const filtered = Boolean(search.q ?? search.channel)
  const groups = [
    { label: t('templates.messages'), list: templateChannels.filter((c) => !isAct(c)) },
    { label: t('templates.acts'), list: templateChannels.filter((c) => isAct(c)) },
  ]
  const create = may && (
    <Dropdown
      trigger={['click']}
      menu={{
        items: groups.map((g) => ({
          key: g.label,
          type: 'group' as const,
          label: g.label,
          children: g.list.map((c) => ({ key: c, label: channel(c) })),
        })),
        onClick: ({ key }) => {
          const chosen = templateChannels.find((c) => c === key)
          if (chosen) void navigate({ to: '/templates/new', search: { channel: chosen } })
        },
      }}
    >
      <Button type="primary" icon={<PlusOutlined />} aria-haspopup="menu">
        {t('templates.new')}
      </Button>
    </Dropdown>
  )
  return (
    <Page title={t('templates.title')} zone extra={create}>
      <Flex gap={8} wrap style={{ marginBottom: 12 }}>
        <Select<string>
          aria-label={t('templates.channel')}
          style={{ minWidth: 200 }}
          value={search.channel ?? ''}
          options={[
            { value: '', label: t('common.all') },
            ...groups.map((g) => ({ label: g.label, options: g.list.map((c) => ({ value: c, label: channel(c) })) })),
          ]}
          onChange={(next) => {
            go({ q: search.q, channel: templateChannels.find((c) => c === next) })
          }}
        />
        <Input.Search
          key={search.q ?? ''}
          allowClear
          aria-label={t('templates.search')}
          placeholder={t('templates.search')}
          defaultValue={search.q}
          style={{ maxWidth: 320 }}
          onSearch={(q) => {
            go({ q: q.trim() || undefined, channel: search.channel })
          }}
        />
      </Flex>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing
          text={filtered ? t('common.emptyFilter') : t('templates.empty')}
          hint={filtered ? undefined : t('templates.emptyHint')}
          action={
            filtered ? (
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
      {items.length > 0 && <TemplateTable items={items} zone={zone} narrow={narrow} loading={list.isPlaceholderData} />}
      <Pager
        trail={search.page}
        next={list.data?.next_before ? String(list.data.next_before) : undefined}
        onChange={(page) => {
          go({ ...search, page })
        }}
      />
    </Page>
  )
}
