import { PictureOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'

import { connectionsQuery, type Rendered, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { Phone } from '../Phone'
import { useRested } from '../useRested'
import { type MessengerContent, showable, unfinished } from './content'
import './messenger.css'

type Message = NonNullable<Rendered['messenger']>
type Button = NonNullable<Message['buttons']>[number]
type Trouble = NonNullable<Rendered['problems']>[number]

/** The message as in the chat with the Page. Pictures are named, not shown: the page may load nothing from other hosts. */
export function MessengerPreview({ value, contact }: EditorProps<MessengerContent>) {
  const { t } = useTranslation()
  const rested = useRested(value)
  const shown = showable(rested)
  const page = useQuery(connectionsQuery).data?.find((c) => c.messenger)
  const preview = useQuery({ ...renderedQuery('messenger', shown, contact), enabled: shown !== undefined })
  if (!shown) return <Typography.Text type="secondary">{t('messengerEditor.previewEmpty')}</Typography.Text>
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failure error={preview.error} />
  const message = preview.data.messenger
  const troubles = preview.data.problems ?? []
  return (
    <Flex vertical gap={12}>
      <Phone from={page?.name ?? t('channel.messenger')}>{message && <Chat message={message} />}</Phone>
      {troubles.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('messengerEditor.refused')}
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
        {t(message?.utility ? 'messengerEditor.utility.previewHint' : 'messengerEditor.window')}
        {contact === undefined && ` ${t('messengerEditor.sample')}`}
      </Typography.Text>
    </Flex>
  )
}

function Why({ trouble }: { trouble: Trouble }) {
  const { t } = useTranslation()
  switch (trouble.code) {
    case 'too_long':
      return t('messengerEditor.why.too_long', { count: trouble.limit ?? 0 })
    case 'missing':
      return t('messengerEditor.why.missing')
    case 'bad_address':
      return t('messengerEditor.why.bad_address')
    default:
      return trouble.code
  }
}

function Chat({ message }: { message: Message }) {
  const { t } = useTranslation()
  const { text, buttons, image, cards, utility, quick_replies: replies } = message
  return (
    <Flex vertical gap={8}>
      {text && (
        <div className="template-bubble">
          {text}
          <ButtonRows list={buttons} />
        </div>
      )}
      {image && <Picture address={image} />}
      {cards && cards.length > 0 && (
        // Keyboards scroll it too.
        <div className="messenger-carousel" role="region" aria-label={t('messengerEditor.cards')} tabIndex={0}>
          {cards.map((card, i) => (
            <div key={i} className="template-card messenger-card">
              {card.image && <Picture address={card.image} />}
              <strong>{card.title}</strong>
              {card.subtitle && <div>{card.subtitle}</div>}
              {card.url && <Typography.Text type="secondary">{card.url}</Typography.Text>}
              <ButtonRows list={card.buttons} />
            </div>
          ))}
        </div>
      )}
      {utility && (
        <div className="template-card">
          <strong className="messenger-path">{utility.name}</strong>
          <dl className="template-values">
            {Object.entries(utility.params ?? {}).map(([name, filled]) => (
              <div key={name} className="messenger-value">
                <dt>
                  <Typography.Text type="secondary">{name}</Typography.Text>
                </dt>
                <dd>{filled}</dd>
              </div>
            ))}
          </dl>
          {(utility.buttons ?? []).map((filled, i) => (
            <div key={i} className="template-button">
              {t('messengerEditor.button', { number: i + 1 })}
              <div>
                <Typography.Text type="secondary">{filled}</Typography.Text>
              </div>
            </div>
          ))}
        </div>
      )}
      {replies && replies.length > 0 && (
        <ul className="messenger-replies" aria-label={t('messengerEditor.quickReplies')}>
          {replies.map((reply, i) => (
            <li key={i}>{reply.title}</li>
          ))}
        </ul>
      )}
    </Flex>
  )
}

function ButtonRows({ list }: { list?: Button[] | null }) {
  return (list ?? []).map((b, i) => (
    <div key={i} className="template-button">
      {b.title}
      {b.type !== 'postback' && (
        <div>
          <Typography.Text type="secondary">{b.url ?? b.payload}</Typography.Text>
        </div>
      )}
    </div>
  ))
}

function Picture({ address }: { address: string }) {
  return (
    <div className="messenger-picture">
      <PictureOutlined aria-hidden />
      <span>{address}</span>
    </div>
  )
}
