import { App, Button, Flex, Form, InputNumber, Select, Switch, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'
import { useChannel } from '@/lib/words'

import { useUpdateWorkspace, type Workspace } from './api'
import { hoursOf, lawCaps, lawHours, type SendingFields, toFields, toSettings } from './sendingForm'
import { SendingNow } from './SendingNow'
import { WindowField } from './WindowField'
import { channels } from './words'

/** Where the API sees a mistake in the hours of a channel, the form shows it at the opening time. */
const places = (path: (string | number)[]) => {
  const [first, group, ...rest] = path
  if (first !== 'settings' || group === undefined) return undefined
  return group === 'hours' || group === 'window' ? [group, ...rest.slice(0, 1), 'from'] : [group, ...rest]
}

/** Hours, caps and what new campaigns start out with. */
export function SendingForm({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const channel = useChannel()
  const [form] = Form.useForm<SendingFields>()
  const [dirty, setDirty] = useState(false)
  const start = toFields(workspace.settings)
  const [tried, setTried] = useState(() => hoursOf(start))
  const save = useUpdateWorkspace()
  const may = useCan()('owner')
  const rest = useFormProblems(form, save.error, places)
  useLeaveGuard(dirty)
  // Times keep standing in the form while their fields are not shown.
  const everything = () => form.getFieldsValue(true) as SendingFields
  const title = (key: 'hours' | 'caps' | 'defaults') => (
    <Typography.Title level={2} style={{ fontSize: 18, marginTop: 32 }} id={`sending-${key}`}>
      {t(`settings.sending.${key}`)}
    </Typography.Title>
  )
  return (
    <>
      <SendingNow hours={tried} changed={dirty} />
      <Form<SendingFields>
        form={form}
        layout="vertical"
        disabled={!may}
        initialValues={start}
        onValuesChange={() => {
          setDirty(true)
          setTried(hoursOf(everything()))
        }}
        onFinish={() => {
          const fields = everything()
          save.mutate(
            { settings: toSettings(fields) },
            {
              onSuccess: () => {
                setDirty(false)
                void message.success(t('common.saved'))
              },
            },
          )
        }}
      >
        {title('hours')}
        <p>{t('settings.sending.hoursHint')}</p>
        <div role="group" aria-labelledby="sending-hours">
          {channels.map((c) => (
            <WindowField
              key={c}
              name={['hours', c]}
              label={channel(c)}
              hint={t('settings.sending.law', { ...lawHours(c), rule: t('settings.sending.decree') })}
            />
          ))}
        </div>
        {title('caps')}
        <p>{t('settings.sending.capsHint')}</p>
        <Flex gap={16} wrap role="group" aria-labelledby="sending-caps">
          {(['messages', 'emails', 'calls'] as const).map((kind) => (
            <Form.Item
              key={kind}
              name={['caps', kind]}
              label={t(`settings.sending.cap.${kind}`)}
              extra={t('settings.sending.capLaw', { count: lawCaps[kind], rule: t('settings.sending.decree') })}
              style={{ width: 250 }}
            >
              <Select
                options={Array.from({ length: lawCaps[kind] }, (_, i) => lawCaps[kind] - i).map((n) => ({
                  value: n,
                  label:
                    n === lawCaps[kind]
                      ? t('settings.sending.capMost', { count: n })
                      : t('settings.sending.capOwn', { count: n }),
                }))}
              />
            </Form.Item>
          ))}
        </Flex>
        {title('defaults')}
        <p>{t('settings.sending.defaultsHint')}</p>
        <WindowField name={['window']} label={t('settings.sending.window')} hint={t('settings.sending.windowHint')} />
        <Form.Item name="spend_cap" label={t('settings.sending.spendCap')} extra={t('settings.sending.spendCapHint')}>
          <InputNumber<number>
            min={0}
            step={100000}
            suffix="₫"
            style={{ width: 220 }}
            formatter={(v) => (v === undefined ? '' : String(v).replace(/\B(?=(\d{3})+$)/g, '.'))}
            parser={(v) => Number((v ?? '').replace(/\D/g, ''))}
          />
        </Form.Item>
        {(['track_opens', 'track_clicks'] as const).map((key) => (
          <Form.Item key={key} name={key} valuePropName="checked" label={t(`settings.sending.${key}`)}>
            <Switch />
          </Form.Item>
        ))}
        {rest !== undefined && <Failure error={rest} />}
        {may ? (
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('common.save')}
          </Button>
        ) : (
          <Typography.Text type="secondary">{t('settings.ownersOnly')}</Typography.Text>
        )}
      </Form>
    </>
  )
}
