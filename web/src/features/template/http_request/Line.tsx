import { Form, Input } from 'antd'

import { idOf } from '../parts/Field'
import { limits } from './content'

interface LineProps {
  path: string
  label: string
  name?: string
  value: string
  hint?: string
  placeholder?: string
  problem?: string
  onChange: (text: string) => void
}

/** One short text that is the same for everybody. */
export function Line({ path, label, name, value, hint, placeholder, problem, onChange }: LineProps) {
  return (
    <Form.Item
      label={label}
      htmlFor={idOf(path)}
      extra={hint}
      validateStatus={problem ? 'error' : undefined}
      help={problem}
    >
      <Input
        id={idOf(path)}
        aria-label={name ?? label}
        maxLength={limits.pointer}
        placeholder={placeholder}
        value={value}
        onChange={(e) => {
          onChange(e.target.value)
        }}
      />
    </Form.Item>
  )
}
