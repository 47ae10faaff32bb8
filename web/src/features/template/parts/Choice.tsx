import { Form, Select } from 'antd'

import { idOf } from './Field'

interface ChoiceProps<V extends string | number> {
  path: string
  label: string
  /** Says which one of many it is, for screen readers; the label without it. */
  name?: string
  value: V | undefined
  options: { value: V; label: string }[]
  placeholder?: string
  empty?: string
  hint?: string
  warning?: string
  problem?: string
  loading?: boolean
  required?: boolean
  /** Asks the server for others; without it the options are searched here. */
  onSearch?: (text: string) => void
  onChange: (value: V) => void
}

/** One thing to choose by name. */
export function Choice<V extends string | number>(props: ChoiceProps<V>) {
  const {
    path,
    label,
    name,
    value,
    options,
    placeholder,
    empty,
    hint,
    warning,
    problem,
    loading,
    required,
    onSearch,
    onChange,
  } = props
  return (
    <Form.Item
      label={label}
      htmlFor={idOf(path)}
      required={required}
      extra={hint}
      validateStatus={problem ? 'error' : warning ? 'warning' : undefined}
      help={problem ?? warning}
    >
      <Select<V>
        id={idOf(path)}
        aria-label={name ?? label}
        value={value}
        options={options}
        placeholder={placeholder}
        notFoundContent={empty}
        loading={loading}
        showSearch={onSearch ? { filterOption: false, onSearch } : { optionFilterProp: 'label' }}
        onChange={onChange}
      />
    </Form.Item>
  )
}
