import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Select, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'

import { type Connection, connectionsQuery, type Rendered, renderedQuery } from '../api'
import { useCause } from '../causes'
import type { EditorProps } from '../editors'
import { useRested } from '../useRested'
import { type HTTPContent, pretty, showable } from './content'
import './http.css'

type Call = NonNullable<Rendered['http']>

/** What will be called about this customer: the line, the head with what the connection adds, and the body. */
export function HTTPPreview({ value, contact }: EditorProps<HTTPContent>) {
  const { t } = useTranslation()
  const cause = useCause()
  const [chosen, setChosen] = useState<number>()
  const rested = useRested(value)
  const shown = showable(rested)
  const systems = (useQuery(connectionsQuery).data ?? []).filter((c) => c.provider === 'http')
  const system = systems.find((c) => c.id === chosen) ?? systems[0]
  const preview = useQuery({ ...renderedQuery('http_request', shown, contact), enabled: shown !== undefined })
  if (!shown) return <Typography.Text type="secondary">{t('httpEditor.previewEmpty')}</Typography.Text>
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} />
  const call = preview.data.http
  const troubles = preview.data.problems ?? []
  return (
    <Flex vertical gap={12}>
      {systems.length > 1 && (
        <Select<number>
          aria-label={t('httpEditor.system')}
          value={system?.id}
          options={systems.map((c) => ({ value: c.id, label: c.name }))}
          onChange={setChosen}
        />
      )}
      {call && <TheCall call={call} system={system} />}
      {troubles.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('httpEditor.refused')}
          description={
            <ul className="template-list">
              {troubles.map((trouble) => (
                <li key={`${trouble.param} ${trouble.code}`}>
                  {trouble.param === 'body' && trouble.code === 'request_bad'
                    ? t('httpEditor.notJSON')
                    : trouble.param === 'path' && trouble.code === 'request_bad'
                      ? t('httpEditor.climbs')
                      : `${trouble.param}: ${cause(trouble)}`}
                </li>
              ))}
            </ul>
          }
        />
      )}
      <Typography.Text type="secondary">
        {t(rested.any_success ? 'httpEditor.anyOn' : 'httpEditor.anyOff')}
        {contact === undefined && ` ${t('messengerEditor.sample')}`}
      </Typography.Text>
      {!system && <Typography.Text type="secondary">{t('httpEditor.noSystem')}</Typography.Text>}
    </Flex>
  )
}

function TheCall({ call, system }: { call: Call; system?: Connection }) {
  const { t } = useTranslation()
  const set = system?.secrets_set ?? []
  const credential = set.includes('api_key') ? (system?.http?.header ?? 'Authorization') : undefined
  // The connection's line stands for the same line of the template.
  const own = (call.headers ?? []).filter((h) => h.name.toLowerCase() !== credential?.toLowerCase())
  const added = [
    ...(credential ? [credential] : []),
    'Idempotency-Key',
    ...(set.includes('webhook_secret') ? ['Webhook-Id', 'Webhook-Timestamp', 'Webhook-Signature'] : []),
  ]
  return (
    <section className="http-call" aria-label={t('httpEditor.call')}>
      <div className="http-call-line">
        <strong>{call.method}</strong> {system?.http?.base_url ?? t('httpEditor.base')}
        {call.path}
      </div>
      <pre>
        {[
          ...own.map((h) => `${h.name}: ${h.value}`),
          ...added.map((name) => `${name}: ${t(name === credential ? 'httpEditor.secret' : 'httpEditor.added')}`),
        ].join('\n')}
      </pre>
      {call.body && <pre>{pretty(call.body)}</pre>}
    </section>
  )
}
