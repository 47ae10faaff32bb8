import { Button, Card, Collapse, Flex, Form, Input, InputNumber, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'

import { type Connection, type ConnectionForm as Values, useSaveConnection } from './api'
import { Dkim } from './Dkim'
import { Fields } from './Fields'
import { MailWebhook } from './MailWebhook'
import type { ProviderSpec } from './providers'

/** Takes out what was left empty: an absent credential stays as it is, an absent address means the real service. */
function tidy(values: Values): Values {
  const clean = (part: object): object =>
    Object.fromEntries(
      Object.entries(part)
        .map(([key, value]: [string, unknown]) => {
          if (typeof value !== 'object' || value === null) return [key, value] as const
          const inner = clean(value)
          return [key, Object.keys(inner).length > 0 ? inner : undefined] as const
        })
        .filter(([, value]) => value !== undefined && value !== null && value !== ''),
    )
  const out = { ...values } as Record<string, unknown>
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'object' && value !== null) out[key] = clean(value)
  }
  return out as unknown as Values
}

/** Makes a connection of a provider or changes one. */
export function ConnectionForm(props: {
  spec: ProviderSpec
  connection?: Connection
  /** The word on the button. */
  submit: string
  onSaved: (connection: Connection) => void
}) {
  const { t } = useTranslation()
  const { spec, connection, submit, onSaved } = props
  const [form] = Form.useForm<Values>()
  const [dirty, setDirty] = useState(false)
  const save = useSaveConnection(connection?.id)
  const lost = useFormProblems(form, save.error)
  const pass = useLeaveGuard(dirty)
  const stored = connection?.secrets_set ?? []
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      style={{ maxWidth: 640 }}
      initialValues={connection ?? { ...spec.initial, name: t(`connections.p.${spec.provider}.name`), concurrency: 8 }}
      onValuesChange={() => {
        setDirty(true)
      }}
      onFinish={(values) => {
        save.mutate(tidy({ ...values, provider: spec.provider }), {
          onSuccess: (saved) => {
            pass()
            setDirty(false)
            form.resetFields(spec.fields.filter((f) => f.kind === 'secret').map((f) => ['secrets', f.name] as never))
            form.resetFields([['secrets', 'webhook_secret']] as never)
            onSaved(saved)
          },
        })
      }}
    >
      <Form.Item
        name="name"
        label={t('connections.name')}
        extra={t('connections.nameHint')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <Input maxLength={100} />
      </Form.Item>
      {spec.presets && (
        <Flex gap={8} wrap align="center" style={{ marginBottom: 16 }}>
          <Typography.Text type="secondary">{t('connections.presets')}:</Typography.Text>
          {spec.presets.map((preset) => (
            <Button
              key={preset.name}
              size="small"
              onClick={() => {
                form.setFieldsValue({ [spec.provider]: preset.values } as never)
                setDirty(true)
              }}
            >
              {preset.name}
            </Button>
          ))}
        </Flex>
      )}
      <Fields spec={spec} advanced={false} stored={stored} />
      {spec.dkim && <Dkim stored={stored.includes('dkim_private_key')} />}
      {spec.provider === 'smtp' && <MailWebhook stored={stored.includes('webhook_secret')} />}
      <Collapse
        ghost
        items={[
          {
            key: 'advanced',
            forceRender: true,
            label: t('connections.advanced'),
            children: (
              <>
                <Form.Item name="rate_per_second" label={t('connections.rate')} extra={t('connections.rateHint')}>
                  <InputNumber min={0} max={100000} style={{ width: 160 }} />
                </Form.Item>
                <Form.Item name="concurrency" label={t('connections.concurrency')}>
                  <InputNumber min={1} max={1000} style={{ width: 160 }} />
                </Form.Item>
                <Form.Item name="timeout_seconds" label={t('connections.timeout')} extra={t('connections.timeoutHint')}>
                  <InputNumber min={0} max={120} style={{ width: 160 }} />
                </Form.Item>
                <Fields spec={spec} advanced stored={stored} />
                <Form.Item name="ca" label={t('connections.ca')}>
                  <Input.TextArea rows={3} spellCheck={false} />
                </Form.Item>
              </>
            ),
          },
        ]}
      />
      {lost !== undefined && (
        <Form.Item>
          <Failure error={lost} />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" loading={save.isPending} style={{ marginTop: 12 }}>
        {submit}
      </Button>
    </Form>
  )
}

/** What has to be done at the provider before, in its order. */
export function Guide({ spec }: { spec: ProviderSpec }) {
  const { t } = useTranslation()
  return (
    <Card title={<h2 className="card-title">{t('connections.guide')}</h2>}>
      <ol style={{ margin: 0, paddingInlineStart: 20 }}>
        {spec.guide.map((step) => (
          <li key={step} style={{ marginBottom: 6 }}>
            {t(`connections.p.${spec.provider}.${step}` as 'connections.p.zalo.guide1')}
          </li>
        ))}
      </ol>
    </Card>
  )
}
