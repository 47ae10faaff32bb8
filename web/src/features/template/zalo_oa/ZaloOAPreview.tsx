import { FileOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { connectionsQuery, type Rendered, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { ChatPreview, Picture, Values } from '../parts/ChatPreview'
import { useRested } from '../useRested'
import { showable, unfinished, type ZaloOAContent } from './content'
import { isUpload, uploadsQuery } from './uploads'

type Message = NonNullable<Rendered['zalo_oa']>

/** The message as in the chat with the OA. */
export function ZaloOAPreview({ value, contact }: EditorProps<ZaloOAContent>) {
  const { t } = useTranslation()
  const rested = useRested(value)
  const shown = showable(rested)
  const account = useQuery(connectionsQuery).data?.find((c) => c.provider === 'zalo')
  const kept = useQuery(uploadsQuery(account && isUpload(rested.image ?? rested.file) ? account.id : undefined))
  const name = (text: string) => kept.data?.find((f) => f.ref === text)?.name ?? text
  const preview = useQuery({ ...renderedQuery('zalo_oa', shown, contact), enabled: shown !== undefined })
  return (
    <ChatPreview
      preview={preview}
      empty={!shown}
      partly={unfinished(rested)}
      sample={contact === undefined}
      from={account?.name ?? t('channel.zalo_oa')}
      refused={t('zaloOAEditor.refused')}
      about={(filled) => t(filled.zalo_oa?.template ? 'zaloOAEditor.templatePreview' : 'zaloOAEditor.fallback')}
    >
      {(filled) => filled.zalo_oa && <Chat message={filled.zalo_oa} name={name} />}
    </ChatPreview>
  )
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
        <div className="template-picture">
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
          <Values of={template.params} />
        </div>
      )}
    </Flex>
  )
}
