import { Flex, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

const units = [60, 3600, 86400] as const
type Unit = (typeof units)[number]

interface DurationFieldProps {
  id?: string
  /** Names both controls. */
  label: string
  /** Seconds. */
  value: number
  /** The longest, in seconds. */
  max: number
  /** The shortest, in seconds: 0 where nothing may be chosen, too. */
  min?: 0 | 60
  onChange: (seconds: number) => void
}

const unitOf = (seconds: number): Unit =>
  [...units].reverse().find((u) => seconds > 0 && seconds % u === 0) ?? (seconds === 0 ? 86400 : 60)

/** A length of time in minutes, hours or days. */
export function DurationField({ id, label, value, max, min = 60, onChange }: DurationFieldProps) {
  const { t } = useTranslation()
  const [unit, setUnit] = useState<Unit>(unitOf(value))
  // A value that came from elsewhere may not be whole in the chosen unit.
  const shown = value % unit === 0 ? unit : unitOf(value)
  return (
    <Flex gap={8} align="center" wrap>
      <InputNumber<number>
        id={id}
        aria-label={label}
        min={min === 0 ? 0 : 1}
        max={Math.floor(max / shown)}
        precision={0}
        value={value / shown}
        onChange={(n) => {
          setUnit(shown)
          if (n !== null) onChange(n * shown) // an empty field is one that is being written in
        }}
      />
      <Select<Unit>
        aria-label={`${label}: ${t('flow.unit')}`}
        value={shown}
        style={{ width: 110 }}
        options={units.map((u) => ({ value: u, label: t(`flow.units.${u}`) }))}
        onChange={(u) => {
          setUnit(u)
          onChange(Math.min(Math.floor(max / u), Math.round(value / shown)) * u)
        }}
      />
    </Flex>
  )
}
