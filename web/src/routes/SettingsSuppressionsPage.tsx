import { DownloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Flex, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { suppressionsFile, suppressionsQuery } from '@/features/settings/api'
import { SettingsFrame } from '@/features/settings/SettingsFrame'
import { SuppressionCounts } from '@/features/settings/SuppressionCounts'
import { Suppressions } from '@/features/settings/Suppressions'
import { SuppressMany } from '@/features/settings/SuppressMany'
import { type Channel, channels, type Reason, reasons } from '@/features/settings/words'
import { currentCursor } from '@/lib/pages'
import { useChannel } from '@/lib/words'

/** The suppression list; filters and page live in the address. */
export function SettingsSuppressionsPage() {
  const { t } = useTranslation()
  const channel = useChannel()
  const can = useCan()
  const search = useSearch({ from: '/app/settings/suppressions' })
  const navigate = useNavigate()
  const { page, q, reason, on, state } = search
  const list = useQuery(suppressionsQuery({ search: q, reason, channel: on, state, cursor: currentCursor(page) }))
  const go = (next: typeof search) => void navigate({ to: '/settings/suppressions', search: next })
  const filtered = Boolean(q || reason || on || state)
  const items = list.data?.items ?? []
  return (
    <SettingsFrame
      section="suppressions"
      zone
      extra={
        <>
          {can('marketer') && (
            <Button icon={<DownloadOutlined />} href={suppressionsFile} download>
              {t('settings.suppressions.export')}
            </Button>
          )}
          {can('care') && <SuppressMany />}
        </>
      }
    >
      <p>{t('settings.suppressions.hint')}</p>
      <SuppressionCounts />
      <Flex gap={8} wrap style={{ marginBottom: 12 }}>
        <Input.Search
          key={q}
          allowClear
          aria-label={t('settings.suppressions.search')}
          placeholder={t('settings.suppressions.search')}
          defaultValue={q}
          style={{ width: 300, maxWidth: '100%' }}
          onSearch={(typed) => {
            go({ ...search, q: typed.trim() || undefined, page: undefined })
          }}
        />
        <Select<Reason>
          allowClear
          aria-label={t('settings.suppressions.reason')}
          placeholder={t('settings.suppressions.reason')}
          style={{ width: 190 }}
          value={reason}
          options={reasons.map((r) => ({ value: r, label: t(`settings.reason.${r}`) }))}
          onChange={(value: Reason | undefined) => {
            go({ ...search, reason: value, page: undefined })
          }}
        />
        <Select<Channel>
          allowClear
          aria-label={t('settings.suppressions.channels')}
          placeholder={t('settings.suppressions.channels')}
          style={{ width: 150 }}
          value={on}
          options={channels.map((c) => ({ value: c, label: channel(c) }))}
          onChange={(value: Channel | undefined) => {
            go({ ...search, on: value, page: undefined })
          }}
        />
        <Select<'active' | 'lifted'>
          allowClear
          aria-label={t('settings.keys.state')}
          placeholder={t('settings.keys.state')}
          style={{ width: 150 }}
          value={state}
          options={[
            { value: 'active', label: t('settings.suppressions.active') },
            { value: 'lifted', label: t('settings.suppressions.lifted') },
          ]}
          onChange={(value: 'active' | 'lifted' | undefined) => {
            go({ ...search, state: value, page: undefined })
          }}
        />
      </Flex>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing
          text={filtered ? t('settings.suppressions.notFound') : t('settings.suppressions.empty')}
          hint={filtered ? t('settings.suppressions.notFoundHint') : t('settings.suppressions.emptyHint')}
          action={
            filtered && (
              <Button
                onClick={() => {
                  go({})
                }}
              >
                {t('common.clearFilter')}
              </Button>
            )
          }
        />
      )}
      {list.isSuccess && items.length > 0 && <Suppressions items={items} loading={list.isPlaceholderData} />}
      <Pager
        trail={page}
        next={list.data?.next}
        onChange={(next) => {
          go({ ...search, page: next })
        }}
      />
    </SettingsFrame>
  )
}
