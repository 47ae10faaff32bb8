import { Collapse, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

/** The signature of mails by a key of one's own. Loa makes a key, with its DNS record, once the connection is saved. */
export function Dkim({ stored }: { stored: boolean }) {
  const { t } = useTranslation()
  return (
    <Collapse
      ghost
      items={[
        {
          key: 'dkim',
          forceRender: true,
          label: t('connections.dkim'),
          children: (
            <>
              <p>{t('connections.dkimHint')}</p>
              <Form.Item name={['smtp', 'dkim_domain']} label={t('connections.f.dkim_domain')}>
                <Input autoComplete="off" />
              </Form.Item>
              <Form.Item name={['smtp', 'dkim_selector']} label={t('connections.f.dkim_selector')}>
                <Input autoComplete="off" style={{ maxWidth: 240 }} />
              </Form.Item>
              <Form.Item
                name={['secrets', 'dkim_private_key']}
                label={t('connections.f.dkim_private_key')}
                extra={stored ? t('connections.secretKept') : undefined}
              >
                <Input.TextArea rows={3} autoComplete="off" spellCheck={false} />
              </Form.Item>
            </>
          ),
        },
      ]}
    />
  )
}
