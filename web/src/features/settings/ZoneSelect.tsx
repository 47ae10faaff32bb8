import { Select } from 'antd'
import { useMemo } from 'react'

interface ZoneSelectProps {
  id?: string
  value?: string
  disabled?: boolean
  onChange?: (zone: string) => void
}

/** How far a zone is from UTC today: "UTC+07:00". */
function offset(zone: string, at: Date): string {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at)
    return (parts.find((p) => p.type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC')
  } catch {
    return ''
  }
}

/** A time zone by its IANA name, found by typing a part of it. */
export function ZoneSelect({ id, value, disabled, onChange }: ZoneSelectProps) {
  const options = useMemo(() => {
    const now = new Date()
    const names = new Set(Intl.supportedValuesOf('timeZone'))
    // Browsers know Vietnam's zone by its old name, the database of zones by the new one.
    names.delete('Asia/Saigon')
    const all = ['Asia/Ho_Chi_Minh', ...[...names].filter((n) => n !== 'Asia/Ho_Chi_Minh')]
    if (value && !all.includes(value)) all.unshift(value)
    return all.map((name) => ({ value: name, label: `${name.replaceAll('_', ' ')} (${offset(name, now)})` }))
  }, [value])
  return (
    <Select
      id={id}
      disabled={disabled}
      value={value}
      options={options}
      showSearch={{
        filterOption: (typed, option) =>
          `${option?.value ?? ''} ${option?.label ?? ''}`.toLowerCase().includes(typed.trim().toLowerCase()),
      }}
      onChange={onChange}
    />
  )
}
