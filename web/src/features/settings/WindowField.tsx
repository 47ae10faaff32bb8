import { Flex, Form, Input, Switch, Typography } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

import { clockTime, toClockTime } from './clockTime'

interface WindowFieldProps {
  name: string[]
  label: string
  hint: string
}

/** One window of hours: a switch, and two times while it is on. */
export function WindowField({ name, label, hint }: WindowFieldProps) {
  const { t } = useTranslation()
  const form = Form.useFormInstance()
  const own = Form.useWatch([...name, 'own'], form) as boolean | undefined
  const id = useId()
  // A browser's own field for times follows the browser's language, not the page's: 1:00 PM beside 13:00.
  const time = (end: 'from' | 'to') => (
    <Form.Item
      name={[...name, end]}
      validateTrigger="onBlur"
      rules={[{ required: true, pattern: clockTime, message: t('settings.sending.timeWrong') }]}
      style={{ marginBottom: 0 }}
    >
      <Input
        aria-label={t(end === 'from' ? 'settings.sending.from' : 'settings.sending.to', { label })}
        maxLength={8}
        placeholder="08:00"
        style={{ width: 90 }}
        onBlur={(e) => {
          form.setFieldValue([...name, end], toClockTime(e.target.value))
          void form.validateFields([[...name, end]]).catch(() => undefined)
        }}
      />
    </Form.Item>
  )
  return (
    <Flex gap={12} align="center" wrap className="window-field" role="group" aria-labelledby={id}>
      <Form.Item name={[...name, 'own']} valuePropName="checked" noStyle>
        <Switch aria-label={t('settings.sending.own', { label })} />
      </Form.Item>
      <span id={id} className="window-label">
        {label}
      </span>
      {own && (
        <>
          {time('from')}
          <span aria-hidden>–</span>
          {time('to')}
        </>
      )}
      <Typography.Text type="secondary">{hint}</Typography.Text>
    </Flex>
  )
}
