import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Tag, Typography } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'

import { connectionsQuery, type Rendered, renderedQuery } from '../api'
import { useCause } from '../causes'
import type { EditorProps } from '../editors'
import { useRested } from '../useRested'
import { offerQuery } from './api'
import { type Line, linesOf, type Offer, type SyncContent, unfinished } from './content'
import { useFieldName } from './words'

type Written = NonNullable<Rendered['sync']>

/** What will be written about this customer, and what stays as it is. */
export function SyncPreview({ value, contact }: EditorProps<SyncContent>) {
  const { t, i18n } = useTranslation()
  const cause = useCause()
  const may = useCan()('marketer')
  const rested = useRested(value)
  const ready = !unfinished(rested)
  const account = useQuery(connectionsQuery).data?.find((c) => c.id === rested.connection_id)
  const offer = useQuery({
    ...offerQuery(rested.connection_id, i18n.language),
    enabled: may && rested.connection_id > 0,
  })
  const preview = useQuery({ ...renderedQuery('sync', rested, contact), enabled: ready })
  if (!ready) return <Typography.Text type="secondary">{t('syncEditor.previewEmpty')}</Typography.Text>
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} />
  const written = preview.data.sync
  const troubles = preview.data.problems ?? []
  return (
    <Flex vertical gap={12}>
      <Typography.Text>
        {t('syncEditor.into', {
          account: account?.name ?? '',
          place: rested.provider === 'getfly' ? t('syncEditor.customers') : (rested.list_name ?? rested.list ?? ''),
        })}
      </Typography.Text>
      {written && <Values written={written} content={rested} offer={offer.data} />}
      {rested.provider === 'getresponse' && written && !written.fields.email && (
        <Alert type="warning" showIcon title={t('syncEditor.noEmail')} />
      )}
      {troubles.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('syncEditor.refused')}
          description={
            <ul className="template-list">
              {troubles.map((trouble) => (
                <li key={trouble.param}>
                  {trouble.param}:{' '}
                  {trouble.code === 'sync_too_long'
                    ? t('syncEditor.tooLong', { count: trouble.limit ?? 0 })
                    : cause(trouble)}
                </li>
              ))}
            </ul>
          }
        />
      )}
      <Typography.Text type="secondary">
        {t(rested.existing === 'keep' ? 'syncEditor.keepHint' : 'syncEditor.updateHint')}
        {contact === undefined && ` ${t('messengerEditor.sample')}`}
      </Typography.Text>
    </Flex>
  )
}

function Values({ written, content, offer }: { written: Written; content: SyncContent; offer?: Offer }) {
  const { t } = useTranslation()
  const name = useFieldName()
  const lines = linesOf(content, offer)
  const textOf = ({ place, key }: Line) => written[place]?.[key]
  const tags = (written.tags ?? []).map((id) => offer?.tags?.find((x) => x.id === id)?.name ?? id)
  const labels = [
    { title: t('syncEditor.tags'), list: tags },
    { title: t('syncEditor.types'), list: written.types ?? [] },
    { title: t('syncEditor.sources'), list: written.sources ?? [] },
  ].filter((l) => l.list.length > 0)
  return (
    <dl className="template-values" aria-label={t('syncEditor.written')}>
      {lines.map((line) => (
        <Row key={`${line.place} ${line.key}`} title={name(line, offer)}>
          {textOf(line) ?? <Typography.Text type="secondary">{t('syncEditor.stays')}</Typography.Text>}
        </Row>
      ))}
      {labels.map((l) => (
        <Row key={l.title} title={l.title}>
          {l.list.map((text) => (
            <Tag key={text}>{text}</Tag>
          ))}
        </Row>
      ))}
    </dl>
  )
}

function Row({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <dt>
        <Typography.Text type="secondary">{title}</Typography.Text>
      </dt>
      <dd>{children}</dd>
    </>
  )
}
