import { Flex, Form, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { VariableInput } from '@/components/variables'

import { used, varies } from './text'

interface FieldProps {
  /** The field of the content as the API names it, with points: "cards.0.title". */
  path: string
  label: string
  /** Says which one of many it is, for screen readers; the label without it. */
  name?: string
  value?: string
  max: number
  rows?: number
  optional?: boolean
  hint?: string
  placeholder?: string
  problem?: string
  onChange: (text: string) => void
}

export const idOf = (path: string) => `field-${path.replaceAll('.', '-')}`

/** One text of the message with how much of its limit is used, and what is wrong with it. */
export function Field({ path, label, name, value = '', max, optional, hint, problem, ...rest }: FieldProps) {
  const { t } = useTranslation()
  const id = idOf(path)
  return (
    <Form.Item
      label={optional ? `${label} (${t('common.optional')})` : label}
      htmlFor={id}
      validateStatus={problem ? 'error' : undefined}
      help={problem}
      extra={
        <Flex vertical id={`${id}-about`}>
          <Count text={value} max={max} />
          {hint && <span>{hint}</span>}
        </Flex>
      }
    >
      <VariableInput
        {...rest}
        id={id}
        label={name ?? label}
        value={value}
        maxLength={Math.max(5000, max)}
        status={problem || used(value) > max ? 'error' : undefined}
        describedBy={`${id}-about`}
      />
    </Form.Item>
  )
}

function Count({ text, max }: { text: string; max: number }) {
  const { t } = useTranslation()
  const count = used(text)
  return (
    <Typography.Text type={count > max ? 'danger' : 'secondary'}>
      {t(varies(text) ? 'messengerEditor.countVaries' : 'messengerEditor.count', { used: count, max })}
      {count > max && ` ${t('messengerEditor.over', { count: count - max })}`}
    </Typography.Text>
  )
}
