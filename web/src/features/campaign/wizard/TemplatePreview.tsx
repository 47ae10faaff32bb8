import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Alert, Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { formatDuration } from '@/lib/format'

import { type Channel, campaignQuery } from '../api'
import type { Rendered } from '../choices'
import { ActWords } from './ActWords'

/** What a person would see, with made-up data. Mails stand in a frame that may run nothing and load nothing. */
export function TemplatePreview(props: {
  preview: UseQueryResult<{ name: string; rendered: Rendered }>
  channel: Channel
}) {
  const { t, i18n } = useTranslation()
  const { preview, channel } = props
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} retry={() => void preview.refetch()} />
  const { rendered: r, name } = preview.data
  const label = t('wizard.preview.label', { name })
  return (
    <Flex vertical gap={8}>
      <Typography.Text type="secondary">{t('wizard.preview.madeUp')}</Typography.Text>
      <section className="template-preview" aria-label={label}>
        {channel === 'email' && (
          <>
            <div className="template-preview-head">
              {r.from_name && <div>{r.from_name}</div>}
              <strong>{r.subject}</strong>
            </div>
            <iframe title={label} sandbox="" srcDoc={r.html ?? ''} />
          </>
        )}
        <ActWords rendered={r} />
        {r.wait && (
          <div className="bubble">{t('flow.wait.words', { time: formatDuration(r.wait.seconds, i18n.language) })}</div>
        )}
        {r.start_flow && <StartFlow start={r.start_flow} />}
        {r.http && (
          <pre className="wizard-call">
            {r.http.method} {r.http.path}
            {r.http.body ? `\n\n${r.http.body}` : ''}
          </pre>
        )}
        {channel !== 'email' && channel !== 'zns' && !r.http && !r.action && words(r) && (
          <div className="bubble">{words(r)}</div>
        )}
        {r.ai_call?.prompt && <div className="bubble">{r.ai_call.prompt}</div>}
        {r.zalo_oa?.template && (
          <dl>
            {Object.entries(r.zalo_oa.template.params).map(([key, value]) => (
              <Row key={key} name={key} value={value} />
            ))}
          </dl>
        )}
        {r.sync && (
          <dl>
            {Object.entries({ ...r.sync.fields, ...r.sync.custom }).map(([key, value]) => (
              <Row key={key} name={key} value={value} />
            ))}
          </dl>
        )}
        {channel === 'zns' && (
          <dl>
            {Object.entries(r.zns_params ?? {}).map(([key, value]) => (
              <Row key={key} name={key} value={value} />
            ))}
          </dl>
        )}
      </section>
      {r.sms && (
        <Typography.Text type="secondary">
          {t('wizard.preview.parts', { count: r.sms.parts, units: r.sms.units, encoding: r.sms.encoding })}
        </Typography.Text>
      )}
      {(r.missing ?? []).length > 0 && (
        <Alert type="warning" showIcon title={t('wizard.preview.missing', { names: (r.missing ?? []).join(', ') })} />
      )}
    </Flex>
  )
}

/** The words of a message that has a text; of lists and cards what stands on each. */
const words = (r: Rendered): string | undefined =>
  r.messenger?.text ??
  r.messenger?.cards?.map((c) => c.title).join('\n') ??
  r.zalo_oa?.items?.map((item) => item.title).join('\n') ??
  r.zalo_oa?.ask?.title ??
  (r.text || r.zalo_oa?.image || r.zalo_oa?.file)

function StartFlow({ start }: { start: NonNullable<Rendered['start_flow']> }) {
  const { t } = useTranslation()
  const other = useQuery(campaignQuery(start.campaign_id))
  return <div className="bubble">{t('flow.start.words', { name: other.data?.name ?? `#${start.campaign_id}` })}</div>
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>
        <Typography.Text type="secondary">{name}</Typography.Text>
      </dt>
      <dd>{value}</dd>
    </>
  )
}
