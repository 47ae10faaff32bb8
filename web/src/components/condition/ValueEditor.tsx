import { AutoComplete, DatePicker, Input, InputNumber, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { ValueEditorProps } from 'react-querybuilder'

import { CampaignEditor } from './CampaignEditor'
import { contextOf, fieldOf, place } from './Controls'
import type { ConditionField } from './condition'
import { NumberInput } from './NumberInput'
import { SegmentPicker } from './Pickers'
import { shapeOf } from './shape'
import type { CampaignValue } from './tree'
import { useGender } from './words'

interface EditorProps {
  label: string
  kind: string
  field?: ConditionField
  value: unknown
  disabled?: boolean
  status?: 'error'
  onChange: (value: unknown) => void
}

/** Edits what a condition compares with, by the kind of the field and the shape that the operator wants. */
export function ValueEditor({
  field: name,
  operator,
  value,
  handleOnChange,
  disabled,
  context,
  path,
}: ValueEditorProps) {
  const { t } = useTranslation()
  const field = fieldOf(context, name)
  const problems = contextOf(context).problems.get(path.join('.'))
  const props: EditorProps = {
    label: t('condition.value', { place: place(path) }),
    kind: field?.kind ?? 'text',
    field,
    value: value as unknown,
    disabled,
    status: problems ? 'error' : undefined,
    onChange: handleOnChange,
  }
  switch (shapeOf(operator)) {
    case 'none':
      return null
    case 'campaign':
      return (
        <CampaignEditor
          label={props.label}
          value={(value ?? {}) as CampaignValue}
          events={contextOf(context).events}
          disabled={disabled}
          onChange={handleOnChange}
        />
      )
    case 'days':
      return (
        <InputNumber<number>
          aria-label={t('condition.days')}
          className="condition-days"
          min={0}
          max={36500}
          precision={0}
          suffix={t('condition.daysUnit')}
          status={props.status}
          disabled={disabled}
          value={typeof value === 'number' ? value : Number(value)}
          onChange={(n) => {
            handleOnChange(n ?? 0)
          }}
        />
      )
    case 'month':
      return (
        <Select<number>
          aria-label={t('condition.month')}
          className="condition-days"
          value={Number(value)}
          disabled={disabled}
          options={Array.from({ length: 12 }, (_, i) => ({
            value: i + 1,
            label: t('condition.monthOf', { month: i + 1 }),
          }))}
          onChange={handleOnChange}
        />
      )
    case 'two':
      return <Two {...props} />
    case 'many':
      return name === 'segment' ? (
        <SegmentPicker {...props} without={contextOf(context).without} />
      ) : (
        <Many {...props} />
      )
    default:
      return <One {...props} />
  }
}

const isDate = (kind: string) => kind === 'date' || kind === 'birthday' || kind === 'time'
const isNumber = (kind: string) => kind === 'number' || kind === 'money'
const wire = 'YYYY-MM-DD'
const day = (value: unknown): Dayjs | null => {
  const d = typeof value === 'string' && value ? dayjs(value, wire) : null
  return d?.isValid() ? d : null
}
const shownDay = ['DD/MM/YYYY', 'D/M/YYYY', wire]

function One({ label, kind, field, value, disabled, status, onChange }: EditorProps) {
  const { t } = useTranslation()
  const gender = useGender()
  if (kind === 'boolean' || kind === 'flag')
    return (
      <Select<'true' | 'false'>
        aria-label={label}
        className="condition-days"
        status={status}
        disabled={disabled}
        value={value === true || value === 'true' ? 'true' : 'false'}
        options={[
          { value: 'true', label: t('common.yes') },
          { value: 'false', label: t('common.no') },
        ]}
        onChange={(v) => {
          onChange(v === 'true')
        }}
      />
    )
  if (isDate(kind))
    return (
      <DatePicker
        aria-label={label}
        format={shownDay}
        status={status}
        disabled={disabled}
        value={day(value)}
        onChange={(d: Dayjs | null) => {
          onChange(d?.format(wire) ?? null)
        }}
      />
    )
  if (isNumber(kind))
    return (
      <NumberInput label={label} kind={kind} value={value} disabled={disabled} status={status} onChange={onChange} />
    )
  if (kind === 'gender' || kind === 'tag')
    return (
      <Select<string>
        aria-label={label}
        className="condition-value"
        showSearch={kind === 'tag'}
        status={status}
        disabled={disabled}
        value={typeof value === 'string' ? value : undefined}
        placeholder={t('condition.choose')}
        options={(field?.values ?? []).map((v) => ({ value: v, label: kind === 'gender' ? gender(v) : v }))}
        onChange={onChange}
      />
    )
  const known = field?.values ?? []
  const shown = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  const take = (text: string) => {
    onChange(text === '' ? null : text)
  }
  if (known.length === 0)
    return (
      <Input
        aria-label={label}
        className="condition-value"
        status={status}
        disabled={disabled}
        maxLength={200}
        value={shown}
        placeholder={t('condition.type')}
        onChange={(e) => {
          take(e.target.value)
        }}
      />
    )
  return (
    <AutoComplete
      aria-label={label}
      className="condition-value"
      status={status}
      disabled={disabled}
      value={shown}
      placeholder={t('condition.type')}
      showSearch={{ filterOption: (typed, option) => fold(String(option?.value)).includes(fold(typed)) }}
      options={known.map((v) => ({ value: v }))}
      onChange={take}
    />
  )
}

/** Without case and Vietnamese marks, for searching in lists. */
export const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase()

function Two({ label, kind, value, disabled, status, onChange }: EditorProps) {
  const { t } = useTranslation()
  const [low, high] = Array.isArray(value) ? (value as unknown[]) : []
  if (isDate(kind))
    return (
      <DatePicker.RangePicker
        aria-label={label}
        format={shownDay}
        status={status}
        disabled={disabled}
        value={[day(low), day(high)]}
        onChange={(days) => {
          const [a, b] = days ?? []
          onChange(a && b ? [a.format(wire), b.format(wire)] : null)
        }}
      />
    )
  const part = (i: 0 | 1) => (n: unknown) => {
    onChange(i === 0 ? [n, high ?? null] : [low ?? null, n])
  }
  return (
    <span className="condition-two">
      <NumberInput
        label={t('condition.from')}
        kind={kind}
        value={low}
        disabled={disabled}
        status={status}
        onChange={part(0)}
      />
      <span aria-hidden>–</span>
      <NumberInput
        label={t('condition.to')}
        kind={kind}
        value={high}
        disabled={disabled}
        status={status}
        onChange={part(1)}
      />
    </span>
  )
}

function Many({ label, kind, field, value, disabled, status, onChange }: EditorProps) {
  const { t } = useTranslation()
  const gender = useGender()
  const all = (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]) as (
    string | number
  )[]
  const known = field?.values ?? []
  return (
    <Select<string[]>
      aria-label={label}
      className="condition-value condition-wide"
      mode={kind === 'gender' ? 'multiple' : 'tags'}
      maxTagTextLength={40}
      status={status}
      disabled={disabled}
      value={all.map(String)}
      placeholder={known.length ? t('condition.choose') : t('condition.typeMany')}
      tokenSeparators={isNumber(kind) ? [';'] : [';', '\n']}
      showSearch={{ filterOption: (typed, option) => fold(String(option?.label)).includes(fold(typed)) }}
      options={known.map((v) => ({ value: v, label: kind === 'gender' ? gender(v) : v }))}
      onChange={(list) => {
        const numbers = isNumber(kind) && list.every((v) => !Number.isNaN(Number(v)))
        onChange(list.length === 0 ? null : numbers ? list.map(Number) : list)
      }}
    />
  )
}
