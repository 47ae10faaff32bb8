import { FileOutlined, PictureOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'

import { connectionsQuery, type Rendered, renderedQuery } from '../api'
import { useCause } from '../causes'
import type { EditorProps } from '../editors'
import '../messenger/messenger.css'
import { Phone } from '../Phone'
import { useRested } from '../useRested'
import { isUpload, uploadsQuery } from './uploads'
import { showable, unfinished, type ZaloOAContent } from './content'

type Message = NonNullable<Rendered['zalo_oa']>
type Trouble = NonNullable<Rendered['problems']>[number]

/** The message as in the chat with the OA. Pictures are named, not shown: the page may load nothing from other hosts. */
export function ZaloOAPreview({ value, contact }: EditorProps<ZaloOAContent>) {
  const { t } = useTranslation()
  const rested = useRested(value)
  const shown = showable(rested)
  const account = useQuery(connectionsQuery).data?.find((c) => c.provider === 'zalo')
  const kept = useQuery(uploadsQuery(account && isUpload(rested.image ?? rested.file) ? account.id : undefined))
  const name = (text: string) => kept.data?.find((f) => f.ref === text)?.name ?? text
  const preview = useQuery({ ...renderedQuery('zalo_oa', shown, contact), enabled: shown !== undefined })
  if (!shown) return <Typography.Text type="secondary">{t('messengerEditor.previewEmpty')}</Typography.Text>
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} />
  const message = preview.data.zalo_oa
  const troubles = preview.data.problems ?? []
  return (
    <Flex vertical gap={12}>
      <Phone from={account?.name ?? t('channel.zalo_oa')}>{message && <Chat message={message} name={name} />}</Phone>
      {troubles.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('zaloOAEditor.refused')}
          description={
            <ul className="template-list">
              {troubles.map((trouble) => (
                <li key={`${trouble.param} ${trouble.code}`}>
                  <code className="messenger-path">{trouble.param}</code>: <Why trouble={trouble} />
                </li>
              ))}
            </ul>
          }
        />
      )}
      {unfinished(rested) && <Typography.Text type="secondary">{t('messengerEditor.partly')}</Typography.Text>}
      <Typography.Text type="secondary">
        {t(message?.template ? 'zaloOAEditor.templatePreview' : 'zaloOAEditor.fallback')}
        {contact === undefined && ` ${t('messengerEditor.sample')}`}
      </Typography.Text>
    </Flex>
  )
}

function Why({ trouble }: { trouble: Trouble }) {
  const { t } = useTranslation()
  const cause = useCause()
  switch (trouble.code) {
    case 'too_long':
      return t('messengerEditor.why.too_long', { count: trouble.limit ?? 0 })
    case 'missing':
      return t('messengerEditor.why.missing')
    case 'bad_address':
      return t('messengerEditor.why.bad_address')
    default:
      return cause(trouble)
  }
}

function Chat({ message, name }: { message: Message; name: (text: string) => string }) {
  const { t } = useTranslation()
  const { text, image, file, items, ask, template, buttons } = message
  const rows = (buttons ?? []).map((b, i) => (
    <div key={i} className="template-button">
      {b.title}
      {b.type !== 'query' && (
        <div>
          <Typography.Text type="secondary">{[b.url ?? b.payload, b.text].filter(Boolean).join(' · ')}</Typography.Text>
        </div>
      )}
    </div>
  ))
  return (
    <Flex vertical gap={8}>
      {image && <Picture address={name(image)} />}
      {text && (
        <div className="template-bubble">
          {text}
          {rows}
        </div>
      )}
      {file && (
        <div className="messenger-picture">
          <FileOutlined aria-hidden />
          <span>{name(file)}</span>
        </div>
      )}
      {items && items.length > 0 && (
        <div className="template-card">
          {items.map((item, i) => (
            <Flex key={i} vertical gap={4} style={{ marginBottom: 8, overflowWrap: 'anywhere' }}>
              {item.image && <Picture address={item.image} />}
              <strong>{item.title}</strong>
              {item.subtitle && <div>{item.subtitle}</div>}
              {item.url && <Typography.Text type="secondary">{item.url}</Typography.Text>}
            </Flex>
          ))}
          {rows}
        </div>
      )}
      {ask && (
        <div className="template-card" style={{ overflowWrap: 'anywhere' }}>
          <Picture address={ask.image} />
          <strong>{ask.title}</strong>
          <div>{ask.subtitle}</div>
          <div className="template-button">{t('zaloOAEditor.askButton')}</div>
        </div>
      )}
      {template && (
        <div className="template-card">
          <strong>{t('templates.zns.number', { id: template.template_id })}</strong>
          <dl className="template-values">
            {Object.entries(template.params).map(([name, filled]) => (
              <div key={name} className="messenger-value">
                <dt>
                  <Typography.Text type="secondary">{name}</Typography.Text>
                </dt>
                <dd>{filled}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </Flex>
  )
}

function Picture({ address }: { address: string }) {
  return (
    <div className="messenger-picture">
      <PictureOutlined aria-hidden />
      <span>{address}</span>
    </div>
  )
}
