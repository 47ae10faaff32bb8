import { useQueries, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { campaignChoices, campaignName, segmentChoices, segmentName, useRested } from './api'

interface SegmentPickerProps {
  label: string
  value: unknown
  without?: number
  disabled?: boolean
  status?: 'error'
  onChange: (value: unknown) => void
}

/** Chooses segments by name; searches on the server. */
export function SegmentPicker({ label, value, without, disabled, status, onChange }: SegmentPickerProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const search = useRested(typed, 250)
  const chosen = (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(Number)
  const found = useQuery(segmentChoices(search))
  const list = (found.data ?? []).filter((s) => s.id !== without)
  const lost = chosen.filter((id) => !list.some((s) => s.id === id))
  const names = useQueries({ queries: lost.map((id) => segmentName(id)) })
  return (
    <Select<number[]>
      mode="multiple"
      aria-label={label}
      className="condition-value condition-wide"
      status={status}
      disabled={disabled}
      loading={found.isFetching}
      value={chosen}
      placeholder={t('condition.chooseSegment')}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      options={[
        ...lost.map((id, i) => ({ value: id, label: names[i]?.data ?? `#${id}` })),
        ...list.map((s) => ({ value: s.id, label: s.name })),
      ]}
      onChange={(ids) => {
        onChange(ids.length ? ids : null)
      }}
    />
  )
}

interface CampaignPickerProps {
  label: string
  value: number | undefined
  disabled?: boolean
  onChange: (id: number | undefined) => void
}

/** Chooses one campaign, or any. */
export function CampaignPicker({ label, value, disabled, onChange }: CampaignPickerProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const search = useRested(typed, 250)
  const found = useQuery(campaignChoices(search))
  const list = found.data ?? []
  const lost = value !== undefined && !list.some((c) => c.id === value)
  const name = useQuery({ ...campaignName(value ?? 0), enabled: lost })
  return (
    <Select<number>
      aria-label={label}
      className="condition-value"
      disabled={disabled}
      loading={found.isFetching}
      value={value ?? 0}
      popupMatchSelectWidth={false}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      options={[
        { value: 0, label: t('condition.anyCampaign') },
        ...(lost ? [{ value, label: name.data ?? `#${value}` }] : []),
        ...list.map((c) => ({ value: c.id, label: c.name || `#${c.id}` })),
      ]}
      onChange={(id) => {
        onChange(id || undefined)
      }}
    />
  )
}
