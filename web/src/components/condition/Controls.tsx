import { CopyOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Select, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import type {
  ActionProps,
  CombinatorSelectorProps,
  FieldSelectorProps,
  NotToggleProps,
  OperatorSelectorProps,
} from 'react-querybuilder'

import type { ConditionField } from './condition'
import type { ProblemMap } from './problems'
import { operatorsOf } from './shape'
import { useOperator } from './words'

/** What the parts of the builder know of it. */
export interface BuilderContext {
  fields: ConditionField[]
  events: string[]
  problems: ProblemMap
  /** A segment that must not be offered: the one that is being edited. */
  without?: number
}

export const contextOf = (context: unknown): BuilderContext => context as BuilderContext

export const fieldOf = (context: unknown, name: string): ConditionField | undefined =>
  contextOf(context).fields.find((f) => f.name === name)

const groups = ['person', 'attribute', 'membership', 'behaviour', 'reach', 'consent', 'blocked'] as const

function groupOf(f: ConditionField): (typeof groups)[number] {
  const prefix = f.name.split('.')[0]
  if (prefix === 'attr') return 'attribute'
  if (f.name === 'tag' || f.name === 'segment') return 'membership'
  if (f.name === 'campaign') return 'behaviour'
  return groups.find((g) => g === prefix) ?? 'person'
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1)

/** Chooses what is tested; searchable, sorted into groups. */
export function FieldSelector({ value, handleOnChange, disabled, context, path }: FieldSelectorProps) {
  const { t } = useTranslation()
  const { fields } = contextOf(context)
  const known = fields.some((f) => f.name === value)
  return (
    <Select
      className="condition-field"
      aria-label={t('condition.field', { place: place(path) })}
      value={value}
      disabled={disabled}
      showSearch={{ optionFilterProp: 'label' }}
      popupMatchSelectWidth={false}
      onChange={(name: string) => {
        handleOnChange(name)
      }}
      options={[
        ...(known || !value ? [] : [{ value, label: value }]),
        ...groups
          .map((group) => ({
            label: t(`condition.group.${group}`),
            options: fields
              .filter((f) => groupOf(f) === group)
              .map((f) => ({ value: f.name, label: f.name.startsWith('attr.') ? f.label : capital(f.label) })),
          }))
          .filter((g) => g.options.length > 0),
      ]}
    />
  )
}

/** Chooses how it is tested. */
export function OperatorSelector({ value, handleOnChange, disabled, context, field, path }: OperatorSelectorProps) {
  const { t } = useTranslation()
  const name = useOperator()
  const known = fieldOf(context, field)
  const offered = operatorsOf(known, value)
  if (known && offered.length <= 1) return null
  return (
    <Select
      className="condition-operator"
      aria-label={t('condition.operator', { place: place(path) })}
      value={value}
      disabled={disabled}
      popupMatchSelectWidth={false}
      onChange={(operator: string) => {
        handleOnChange(operator)
      }}
      options={(offered.length ? offered : [value ?? '']).map((o) => ({ value: o, label: name(known?.kind ?? '', o) }))}
    />
  )
}

/** All of the group's conditions, or one of them. */
export function CombinatorSelector({ value, handleOnChange, disabled, path }: CombinatorSelectorProps) {
  const { t } = useTranslation()
  return (
    <Select
      className="condition-combinator"
      aria-label={t('condition.combinator', { place: place(path) })}
      value={value}
      disabled={disabled}
      popupMatchSelectWidth={false}
      onChange={(op: string) => {
        handleOnChange(op)
      }}
      options={[
        { value: 'and', label: t('condition.and') },
        { value: 'or', label: t('condition.or') },
      ]}
    />
  )
}

/** Takes everybody whom the group does not take. */
export function NotToggle({ checked, handleOnChange, disabled }: NotToggleProps) {
  const { t } = useTranslation()
  return (
    <Checkbox
      checked={Boolean(checked)}
      disabled={disabled}
      onChange={(e) => {
        // Absent and false are the same; the shorter writing is kept.
        handleOnChange((e.target.checked || undefined) as unknown as boolean)
      }}
    >
      <Tooltip title={t('condition.notHint')}>{t('condition.not')}</Tooltip>
    </Checkbox>
  )
}

/** Where a rule stands, for people: "2.1" is the first of the second. */
export const place = (path: number[]) => path.map((n) => n + 1).join('.') || '0'

export function AddRule({ handleOnClick, disabled }: ActionProps) {
  const { t } = useTranslation()
  return (
    <Button size="small" icon={<PlusOutlined />} disabled={disabled} onClick={() => handleOnClick()}>
      {t('condition.addRule')}
    </Button>
  )
}

export function AddGroup({ handleOnClick, disabled }: ActionProps) {
  const { t } = useTranslation()
  return (
    <Button size="small" icon={<PlusOutlined />} disabled={disabled} onClick={() => handleOnClick()}>
      {t('condition.addGroup')}
    </Button>
  )
}

export function Remove({ handleOnClick, disabled, path, ruleOrGroup }: ActionProps) {
  const { t } = useTranslation()
  const label = t('rules' in ruleOrGroup ? 'condition.removeGroup' : 'condition.removeRule', { place: place(path) })
  return (
    <Button
      type="text"
      icon={<DeleteOutlined />}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => handleOnClick()}
    />
  )
}

export function Clone({ handleOnClick, disabled, path }: ActionProps) {
  const { t } = useTranslation()
  const label = t('condition.clone', { place: place(path) })
  return (
    <Button
      type="text"
      icon={<CopyOutlined />}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => handleOnClick()}
    />
  )
}
