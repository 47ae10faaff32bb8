import { useQuery } from '@tanstack/react-query'
import { Button, Collapse, Flex, Input, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'

import { connectionsQuery, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { Phone } from '../Phone'
import { useRested } from '../useRested'
import { catalogueQuery, useDescribe } from './api'
import { fill, showable, type ZaloTemplate, type ZNSContent } from './content'

/** The message as in Zalo: the wording that somebody wrote down once, or its values, and the buttons. */
export function ZNSPreview({ value, contact }: EditorProps<ZNSContent>) {
  const { t, i18n } = useTranslation()
  const rested = useRested(value)
  const list = useQuery(catalogueQuery(value.connection_id, i18n.language))
  const account = useQuery(connectionsQuery).data?.find((c) => c.id === value.connection_id)
  const preview = useQuery({ ...renderedQuery('zns', showable(rested), contact), enabled: rested.template_id !== '' })
  const template = list.data?.items?.find((z) => z.template_id === value.template_id)
  if (!value.template_id) return <Typography.Text type="secondary">{t('templates.zns.previewEmpty')}</Typography.Text>
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} />
  const values = preview.data.zns_params ?? {}
  return (
    <Flex vertical gap={12}>
      <Phone from={account?.name ?? t('channel.zns')}>
        <div className="template-card">
          <strong>{template?.name}</strong>
          {template?.wording ? (
            <p className="template-wording">{fill(template.wording, values)}</p>
          ) : (
            <dl className="template-values">
              {value.schema.map((p) => (
                <Value key={p.name} name={p.name} value={values[p.name]} />
              ))}
            </dl>
          )}
          {(template?.buttons ?? []).map((b) => (
            <div key={`${b.type} ${b.title}`} className="template-button">
              {fill(b.title, values)}
              <div>
                <Typography.Text type="secondary">{fill(b.content, values)}</Typography.Text>
              </div>
            </div>
          ))}
        </div>
      </Phone>
      {template && (
        <Collapse
          size="small"
          items={[
            {
              key: 'wording',
              label: t('templates.zns.wording'),
              children: <Wording key={template.template_id} template={template} connection={value.connection_id} />,
            },
          ]}
        />
      )}
    </Flex>
  )
}

function Value({ name, value }: { name: string; value?: string }) {
  const { t } = useTranslation()
  return (
    <>
      <dt>
        <Typography.Text type="secondary">{name}</Typography.Text>
      </dt>
      <dd>{value || <Typography.Text type="secondary">{t('templates.zns.noValue')}</Typography.Text>}</dd>
    </>
  )
}

/** Zalo's API does not tell what a template says, so somebody may copy it here once for everybody. */
function Wording({ template, connection }: { template: ZaloTemplate; connection: number }) {
  const { t } = useTranslation()
  const may = useCan()('marketer')
  const [text, setText] = useState(template.wording)
  const describe = useDescribe(connection)
  return (
    <Flex vertical gap={8} align="start">
      <Typography.Text type="secondary">
        {t('templates.zns.wordingHint', { name: template.params?.[0]?.name ?? 'customer_name' })}
      </Typography.Text>
      <Input.TextArea
        aria-label={t('templates.zns.wording')}
        autoSize={{ minRows: 3, maxRows: 12 }}
        maxLength={4000}
        disabled={!may}
        value={text}
        onChange={(e) => {
          setText(e.target.value)
        }}
      />
      {describe.isError && <Failure error={describe.error} />}
      <Button
        disabled={!may || text === template.wording}
        loading={describe.isPending}
        onClick={() => {
          describe.mutate({ id: template.template_id, wording: text })
        }}
      >
        {t('templates.zns.saveWording')}
      </Button>
    </Flex>
  )
}
