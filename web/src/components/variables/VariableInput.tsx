import { Flex, Input } from 'antd'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { useRef } from 'react'
import type { InputRef } from 'antd'

import { VariablePicker } from './VariablePicker'

interface VariableInputProps {
  value?: string
  onChange?: (text: string) => void
  label: string
  id?: string
  disabled?: boolean
  placeholder?: string
  status?: 'error' | 'warning'
  maxLength?: number
  /** More than one line. */
  rows?: number
  describedBy?: string
}

/** A text with values of the customer in it: what is picked comes in where the cursor stands. */
export function VariableInput({
  value = '',
  onChange,
  label,
  disabled,
  rows,
  describedBy,
  ...rest
}: VariableInputProps) {
  const line = useRef<InputRef>(null)
  const area = useRef<TextAreaRef>(null)
  const element = () => (rows ? area.current?.resizableTextArea?.textArea : line.current?.input)
  const insert = (text: string) => {
    const field = element()
    const from = field?.selectionStart ?? value.length
    const to = field?.selectionEnd ?? value.length
    onChange?.(value.slice(0, from) + text + value.slice(to))
    // After the dialog has closed and the new text is drawn.
    window.setTimeout(() => {
      field?.focus()
      field?.setSelectionRange(from + text.length, from + text.length)
    }, 0)
  }
  const common = { ...rest, value, disabled, 'aria-label': label, 'aria-describedby': describedBy }
  return (
    <Flex vertical={Boolean(rows)} gap={8}>
      {rows ? (
        <Input.TextArea
          {...common}
          ref={area}
          autoSize={{ minRows: rows, maxRows: rows * 3 }}
          onChange={(e) => onChange?.(e.target.value)}
        />
      ) : (
        <Input {...common} ref={line} onChange={(e) => onChange?.(e.target.value)} />
      )}
      <div>
        <VariablePicker onPick={insert} disabled={disabled} field={label} short={!rows} />
      </div>
    </Flex>
  )
}
