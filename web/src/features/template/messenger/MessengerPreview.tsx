import { useQuery } from '@tanstack/react-query'
import { Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { connectionsQuery, type Rendered, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { ChatPreview, Picture, Values } from '../parts/ChatPreview'
import { useRested } from '../useRested'
import { type MessengerContent, showable, unfinished } from './content'
import './messenger.css'

type Message = NonNullable<Rendered['messenger']>
type Button = NonNullable<Message['buttons']>[number]

/** The message as in the chat with the Page. */
export function MessengerPreview({ value, contact }: EditorProps<MessengerContent>) {
  const { t } = useTranslation()
  const rested = useRested(value)
  const shown = showable(rested)
  const page = useQuery(connectionsQuery).data?.find((c) => c.messenger)
  const preview = useQuery({ ...renderedQuery('messenger', shown, contact), enabled: shown !== undefined })
  return (
    <ChatPreview
      preview={preview}
      empty={!shown}
      partly={unfinished(rested)}
      sample={contact === undefined}
      from={page?.name ?? t('channel.messenger')}
      refused={t('messengerEditor.refused')}
      about={({ messenger }) =>
        t(messenger?.utility ? 'messengerEditor.utility.previewHint' : 'messengerEditor.window')
      }
    >
      {({ messenger }) => messenger && <Chat message={messenger} />}
    </ChatPreview>
  )
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
          <strong className="template-path">{utility.name}</strong>
          <Values of={utility.params ?? {}} />
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
