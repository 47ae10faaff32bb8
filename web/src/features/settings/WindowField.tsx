import { Flex, Form, Input, Switch, Typography } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

interface WindowFieldProps {
  name: string[]
  label: string
  hint: string
}

/** One window of hours: a switch, and two times while it is on. */
export function WindowField({ name, label, hint }: WindowFieldProps) {
  const { t } = useTranslation()
  const own = Form.useWatch([...name, 'own']) as boolean | undefined
  const id = useId()
  const required = { required: true, message: t('common.required') }
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
          <Form.Item name={[...name, 'from']} rules={[required]} style={{ marginBottom: 0 }}>
            <Input type="time" aria-label={t('settings.sending.from', { label })} style={{ width: 130 }} />
          </Form.Item>
          <span aria-hidden>–</span>
          <Form.Item name={[...name, 'to']} rules={[required]} style={{ marginBottom: 0 }}>
            <Input type="time" aria-label={t('settings.sending.to', { label })} style={{ width: 130 }} />
          </Form.Item>
        </>
      )}
      <Typography.Text type="secondary">{hint}</Typography.Text>
    </Flex>
  )
}
