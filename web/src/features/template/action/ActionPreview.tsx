import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { attributesQuery } from '@/components/variables'

import { type Rendered, renderedQuery } from '../api'
import { useCause } from '../causes'
import type { EditorProps } from '../editors'
import { useRested } from '../useRested'
import { listQuery } from './api'
import { type ActionContent, type Notice, unfinished } from './content'

/** What is done about this customer, in words. */
export function ActionPreview({ value, contact }: EditorProps<ActionContent>) {
  const { t } = useTranslation()
  const rested = useRested(value)
  const texts = rested.kind === 'set_attribute' || rested.kind === 'notify_staff'
  const preview = useQuery({
    ...renderedQuery('action', rested, contact),
    enabled: texts && !unfinished(rested),
  })
  if (unfinished(value)) return <Typography.Text type="secondary">{t('actionEditor.previewEmpty')}</Typography.Text>
  if (!texts) return <Plain value={value} />
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} />
  return (
    <Flex vertical gap={12}>
      <Filled value={rested} rendered={preview.data} />
      {contact === undefined && <Typography.Text type="secondary">{t('messengerEditor.sample')}</Typography.Text>}
    </Flex>
  )
}

/** Actions without variables: the same for everybody. */
function Plain({ value }: { value: ActionContent }) {
  const { t } = useTranslation()
  const list = useQuery(listQuery(value.list_id ?? 0))
  const label = useLabel(value.attribute)
  const name = list.data ?? `#${value.list_id ?? 0}`
  return (
    <Flex gap={8} wrap align="center">
      <Typography.Text>
        {value.kind === 'clear_attribute'
          ? t('actionEditor.words.clear', { name: label })
          : value.kind === 'add_to_list'
            ? t('actionEditor.words.add', { name })
            : value.kind === 'remove_from_list'
              ? t('actionEditor.words.remove', { name })
              : t(value.kind === 'add_tag' ? 'actionEditor.words.tag' : 'actionEditor.words.untag')}
      </Typography.Text>
      {(value.kind === 'add_tag' || value.kind === 'remove_tag') &&
        (value.tags ?? []).map((tag) => <Tag key={tag}>{tag}</Tag>)}
    </Flex>
  )
}

function Filled({ value, rendered }: { value: ActionContent; rendered: Rendered }) {
  const { t } = useTranslation()
  const cause = useCause()
  const label = useLabel(value.attribute)
  const done = rendered.action
  const troubles = rendered.problems ?? []
  return (
    <>
      {value.kind === 'set_attribute' ? (
        <Typography.Text>
          {t('actionEditor.words.set', { name: label })} <strong>{done?.value}</strong>
        </Typography.Text>
      ) : (
        value.notice && <TheNotice notice={value.notice} subject={done?.subject} text={done?.text} />
      )}
      {troubles.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('actionEditor.skipped')}
          description={troubles.map((trouble) => cause(trouble)).join(' ')}
        />
      )}
    </>
  )
}

function TheNotice({ notice, subject, text }: { notice: Notice; subject?: string; text?: string }) {
  const { t } = useTranslation()
  return (
    <section aria-label={t('actionEditor.notice')}>
      <Typography.Paragraph>
        {notice.via === 'email'
          ? t('actionEditor.words.mail', { to: (notice.to ?? []).join(', ') })
          : t('actionEditor.words.call', { path: notice.path })}
      </Typography.Paragraph>
      {subject && <Typography.Paragraph strong>{subject}</Typography.Paragraph>}
      <Typography.Paragraph style={{ whiteSpace: 'pre-wrap', marginBottom: 0 }}>{text}</Typography.Paragraph>
    </section>
  )
}

/** The name of an attribute as people know it. */
function useLabel(key = ''): string {
  return useQuery(attributesQuery).data?.find((a) => a.key === key)?.label ?? key
}
