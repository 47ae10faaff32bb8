import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { contactsQuery } from '@/components/trial/api'

import { useRested } from './useRested'

/** Chooses the customer whose data fills the preview in; none means made-up data. */
export function ContactSelect({ value, onChange }: { value?: number; onChange: (id: number | undefined) => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const search = useRested(typed, 250)
  const found = useQuery(contactsQuery(search))
  const [name, setName] = useState('')
  const list = (found.data ?? []).map((c) => ({ value: c.id, label: c.name || c.phone || c.email || `#${c.id}` }))
  return (
    <Select<number>
      aria-label={t('templates.previewWith')}
      style={{ width: '100%' }}
      allowClear
      value={value ?? 0}
      loading={found.isFetching}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      options={[
        { value: 0, label: t('templates.madeUp') },
        ...(value !== undefined && !list.some((c) => c.value === value) ? [{ value, label: name || `#${value}` }] : []),
        ...list,
      ]}
      onChange={(id) => {
        setName(list.find((c) => c.value === id)?.label ?? '')
        onChange(id || undefined)
      }}
    />
  )
}
