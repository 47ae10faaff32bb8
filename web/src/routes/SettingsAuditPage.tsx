import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, DatePicker, Flex, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'

import { useCan, useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { Pager } from '@/components/ui/Pager'
import { useActorName } from '@/features/settings/actors'
import { auditQuery, namesQuery } from '@/features/settings/api'
import { Audit } from '@/features/settings/Audit'
import { useAuditCheck } from '@/features/settings/AuditCheck'
import { dayEnd, dayStart } from '@/features/settings/day'
import { SettingsFrame } from '@/features/settings/SettingsFrame'
import { type Noun, nouns } from '@/features/settings/words'
import { currentCursor } from '@/lib/pages'

/** How a day stands in the address. */
const written = 'YYYY-MM-DD'

/** Who did what and when; filters and page live in the address. */
export function SettingsAuditPage() {
  const { t } = useTranslation()
  const may = useCan()('owner')
  const zone = useZone()
  const search = useSearch({ from: '/app/settings/audit' })
  const navigate = useNavigate()
  const { who, what, from, to, page } = search
  const names = useQuery(namesQuery).data ?? {}
  const actor = useActorName()
  const check = useAuditCheck()
  const list = useQuery({
    ...auditQuery({
      actor: who,
      action: what && `${what}.`,
      from: from && dayStart(from, zone),
      to: to && dayEnd(to, zone),
      cursor: currentCursor(page),
    }),
    enabled: may,
  })
  const go = (next: typeof search) => void navigate({ to: '/settings/audit', search: next })
  const filtered = Boolean(who || what || from || to)
  const items = list.data?.items ?? []
  if (!may)
    return (
      <SettingsFrame section="audit">
        <Nothing text={t('settings.ownersOnly')} />
      </SettingsFrame>
    )
  return (
    <SettingsFrame section="audit" zone extra={check.button}>
      <p>{t('settings.audit.hint')}</p>
      {check.result}
      <Flex gap={8} wrap align="end" style={{ marginBottom: 12 }}>
        <Select<string>
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('settings.audit.who')}
          placeholder={t('settings.audit.who')}
          style={{ width: 220 }}
          value={who}
          options={['system', ...Object.keys(names)].map((key) => ({ value: key, label: actor(key) }))}
          onChange={(value: string | undefined) => {
            go({ ...search, who: value, page: undefined })
          }}
        />
        <Select<Noun>
          allowClear
          aria-label={t('settings.audit.about')}
          placeholder={t('settings.audit.about')}
          style={{ width: 190 }}
          value={what}
          options={nouns.map((noun) => ({ value: noun, label: t(`settings.noun.${noun}`) }))}
          onChange={(value: Noun | undefined) => {
            go({ ...search, what: value, page: undefined })
          }}
        />
        <DatePicker.RangePicker
          allowEmpty={[true, true]}
          format="DD/MM/YYYY"
          placeholder={[t('settings.audit.from'), t('settings.audit.to')]}
          value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
          onChange={(days) => {
            go({ ...search, from: days?.[0]?.format(written), to: days?.[1]?.format(written), page: undefined })
          }}
        />
      </Flex>
      {list.isPending && <Loading />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Nothing
          text={t('common.emptyFilter')}
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
      {items.length > 0 && <Audit items={items} loading={list.isPlaceholderData} />}
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
