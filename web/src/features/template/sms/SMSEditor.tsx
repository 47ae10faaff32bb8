import { Alert, Button, Checkbox, Flex, Form, Input, Segmented, Select, Typography } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { VariableInput } from '@/components/variables'

import { connectionsQuery } from '../api'
import type { EditorProps } from '../editors'
import { labelled, marked, plain, refusable, type SMSContent } from './content'

/** The text of an SMS, with what the law asks of adverts. How long it gets and what it costs stands in the preview. */
export function SMSEditor({ value, onChange, problems = {} }: EditorProps<SMSContent>) {
  const { t } = useTranslation()
  const [advert, setAdvert] = useState(labelled(value.text))
  const connections = (useQuery(connectionsQuery).data ?? []).filter((c) => c.esms)
  const change = (part: Partial<SMSContent>) => {
    onChange({ ...value, ...part })
  }
  const missing = advert
    ? [...(labelled(value.text) ? [] : (['label'] as const)), ...(refusable(value.text) ? [] : (['refusal'] as const))]
    : []
  return (
    <div>
      <Form.Item label={t('templates.sms.kind')}>
        <Segmented<boolean>
          aria-label={t('templates.sms.kind')}
          value={advert}
          options={[
            { value: false, label: t('templates.sms.care') },
            { value: true, label: t('templates.sms.advert') },
          ]}
          onChange={setAdvert}
        />
      </Form.Item>
      {advert && (
        <Alert
          type={missing.length > 0 ? 'warning' : 'info'}
          showIcon
          style={{ marginBottom: 16 }}
          title={t('templates.sms.rules')}
          description={
            <Flex vertical gap={8} align="start">
              <ul className="template-list">
                <li>{t('templates.sms.ruleLabel')}</li>
                <li>{t('templates.sms.ruleRefusal')}</li>
                <li>{t('templates.sms.ruleHours')}</li>
                <li>{t('templates.sms.ruleType')}</li>
              </ul>
              {missing.includes('label') && (
                <Button
                  size="small"
                  onClick={() => {
                    change({ text: `[QC] ${value.text.trimStart()}` })
                  }}
                >
                  {t('templates.sms.addLabel')}
                </Button>
              )}
              {missing.includes('refusal') && (
                <Button
                  size="small"
                  onClick={() => {
                    change({ text: `${value.text.trimEnd()} ${t('templates.sms.refusal')}`.trimStart() })
                  }}
                >
                  {t('templates.sms.addRefusal')}
                </Button>
              )}
            </Flex>
          }
        />
      )}
      <Form.Item
        label={t('templates.sms.text')}
        htmlFor="sms-text"
        validateStatus={problems.text ? 'error' : undefined}
        help={problems.text}
      >
        <VariableInput
          id="sms-text"
          label={t('templates.sms.text')}
          rows={5}
          maxLength={5000}
          value={value.text}
          onChange={(text) => {
            change({ text })
          }}
        />
      </Form.Item>
      <Form.Item>
        <Flex vertical gap={8} align="start">
          <Checkbox
            checked={value.unicode}
            onChange={(e) => {
              change({ unicode: e.target.checked })
            }}
          >
            {t('templates.sms.unicode')}
          </Checkbox>
          <Typography.Text type="secondary">
            {t(value.unicode ? 'templates.sms.unicodeHint' : 'templates.sms.plainHint')}
          </Typography.Text>
          <Button
            disabled={!marked(value.text)}
            onClick={() => {
              change({ text: plain(value.text), unicode: false })
            }}
          >
            {t('templates.sms.strip')}
          </Button>
        </Flex>
      </Form.Item>
      <Form.Item>
        <Checkbox
          checked={value.track_links ?? false}
          onChange={(e) => {
            change({ track_links: e.target.checked || undefined })
          }}
        >
          {t('templates.sms.trackLinks')}
        </Checkbox>
        <div>
          <Typography.Text type="secondary">{t('templates.sms.trackHint')}</Typography.Text>
        </div>
      </Form.Item>
      <Form.Item
        label={`${t('templates.sms.brandname')} (${t('common.optional')})`}
        htmlFor="sms-brandname"
        extra={t('templates.sms.brandnameHint')}
        validateStatus={problems.brandname ? 'error' : undefined}
        help={problems.brandname}
      >
        {connections.length > 0 ? (
          <Select<string>
            id="sms-brandname"
            aria-label={t('templates.sms.brandname')}
            value={value.brandname ?? ''}
            options={[
              { value: '', label: t('templates.sms.brandnameOf') },
              ...[...new Set([...connections.map((c) => c.esms?.brandname ?? ''), value.brandname ?? ''])]
                .filter(Boolean)
                .map((name) => ({ value: name, label: name })),
            ]}
            onChange={(brandname) => {
              change({ brandname: brandname || undefined })
            }}
          />
        ) : (
          <Input
            id="sms-brandname"
            maxLength={11}
            value={value.brandname ?? ''}
            onChange={(e) => {
              change({ brandname: e.target.value || undefined })
            }}
          />
        )}
      </Form.Item>
    </div>
  )
}
