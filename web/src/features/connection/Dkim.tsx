import { Alert, Button, Collapse, Flex, Form, Input, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Copy } from '@/components/ui/Copy'

const base64 = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes)))

/** A key pair made in the browser: the private key as PEM, the public one as it stands in DNS. Nothing of it leaves the browser before the form is saved. */
async function makeKeys(): Promise<{ pem: string; dns: string }> {
  const pair = await window.crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  )
  const key = base64(await window.crypto.subtle.exportKey('pkcs8', pair.privateKey))
  const pem = `-----BEGIN PRIVATE KEY-----\n${key.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END PRIVATE KEY-----\n`
  return { pem, dns: base64(await window.crypto.subtle.exportKey('spki', pair.publicKey)) }
}

/** The signature of mails: domain, selector, key, and the DNS record that goes with a new key. */
export function Dkim({ stored }: { stored: boolean }) {
  const { t } = useTranslation()
  const form = Form.useFormInstance()
  const [record, setRecord] = useState('')
  const domain = Form.useWatch<string | undefined>(['smtp', 'dkim_domain'], form)
  const selector = Form.useWatch<string | undefined>(['smtp', 'dkim_selector'], form)
  const make = async () => {
    const keys = await makeKeys()
    form.setFieldValue(['secrets', 'dkim_private_key'], keys.pem)
    const from = String(form.getFieldValue(['smtp', 'from']) ?? '').split('@')[1]
    if (!domain && from) form.setFieldValue(['smtp', 'dkim_domain'], from)
    if (!selector) form.setFieldValue(['smtp', 'dkim_selector'], 'loa')
    setRecord(`v=DKIM1; k=rsa; p=${keys.dns}`)
  }
  const name = `${selector || 'loa'}._domainkey.${domain || 'example.vn'}`
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
              {window.isSecureContext ? (
                <Button onClick={() => void make()}>{t('connections.dkimMake')}</Button>
              ) : (
                <Typography.Text type="secondary">{t('connections.dkimInsecure')}</Typography.Text>
              )}
              {record && (
                <Alert
                  style={{ marginTop: 12 }}
                  type="info"
                  title={t('connections.dkimRecord')}
                  description={
                    <Flex vertical gap={8}>
                      <Flex gap={8} align="center" wrap>
                        <code className="raw">{name} TXT</code>
                        <Copy text={name} label={name} />
                      </Flex>
                      <Flex gap={8} align="start">
                        <code className="raw">{record}</code>
                        <Copy text={record} label="TXT" />
                      </Flex>
                      <small>{t('connections.dnsHint', { domain: domain || 'example.vn' })}</small>
                    </Flex>
                  }
                />
              )}
            </>
          ),
        },
      ]}
    />
  )
}
