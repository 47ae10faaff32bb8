import { Collapse, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Connection } from './api'

export const mailServices = ['ses', 'sendgrid', 'mailgun', 'postmark'] as const
type MailService = (typeof mailServices)[number]

/** What each service's webhooks are checked by, beside its secret. */
const particulars = {
  ses: ['topic_arn', 'configuration_set', 'sns_url'],
  sendgrid: [],
  mailgun: [],
  postmark: ['username'],
} as const satisfies Record<MailService, readonly string[]>

/** Which mail service stands behind the server and what its webhooks are checked by. `stored` says that the service's key is there already. */
export function MailWebhook({ stored }: { stored: boolean }) {
  const { t } = useTranslation()
  const form = Form.useFormInstance()
  const service = Form.useWatch<MailService | undefined>(['smtp', 'webhook', 'service'], form)
  return (
    <Collapse
      ghost
      defaultActiveKey={form.getFieldValue(['smtp', 'webhook', 'service']) ? ['webhook'] : []}
      items={[
        {
          key: 'webhook',
          forceRender: true,
          label: t('mailServices.title'),
          children: (
            <>
              <p>{t('mailServices.hint')}</p>
              <Form.Item name={['smtp', 'webhook', 'service']} label={t('mailServices.service')}>
                <Select
                  allowClear
                  style={{ maxWidth: 360 }}
                  placeholder={t('mailServices.none')}
                  options={mailServices.map((value) => ({ value, label: t(`mailServices.${value}.name`) }))}
                />
              </Form.Item>
              {service && (
                <>
                  <ol style={{ margin: '0 0 12px', paddingInlineStart: 20 }}>
                    {(['step1', 'step2', 'step3'] as const).map((step) => (
                      <li key={step}>{t(`mailServices.${service}.${step}`)}</li>
                    ))}
                  </ol>
                  {particulars[service].map((name) => (
                    <Form.Item
                      key={name}
                      name={['smtp', 'webhook', name]}
                      label={t(`mailServices.f.${name}`)}
                      extra={t(`mailServices.f.${name}_hint`)}
                      rules={name === 'topic_arn' ? [{ required: true, message: t('common.required') }] : []}
                    >
                      <Input autoComplete="off" spellCheck={false} />
                    </Form.Item>
                  ))}
                  {service !== 'ses' && (
                    <Form.Item
                      name={['secrets', 'webhook_secret']}
                      label={t(`mailServices.${service}.secret`)}
                      extra={stored ? t('connections.secretKept') : undefined}
                    >
                      <Input.Password autoComplete="new-password" placeholder={stored ? '••••••••' : undefined} />
                    </Form.Item>
                  )}
                </>
              )}
            </>
          ),
        },
      ]}
    />
  )
}

/** Where the address for reports is entered at the service of a connection; nothing for a plain server. */
export function MailHookGuide({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const service = connection.smtp?.webhook?.service
  return service ? <p>{t(`mailServices.${service}.hook`)}</p> : null
}
