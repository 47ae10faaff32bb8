import { Form, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { EditorProps } from '../editors'
import { Buttons } from './Buttons'
import { Cards } from './Cards'
import { type Kind, kindOf, kinds, limits, type MessengerContent, type MessengerQuickReply, startOf } from './content'
import { Field } from '../parts/Field'
import { TrackLinks } from '../parts/Yes'
import '../parts/parts.css'
import { Pieces } from '../parts/Pieces'
import { Utility } from './Utility'

/** One Messenger message: a text with buttons, a picture, a carousel, or a template that Meta has approved. */
export function MessengerEditor({ value, onChange, problems = {} }: EditorProps<MessengerContent>) {
  const { t } = useTranslation()
  // What was written for another kind comes back when somebody changes their mind.
  const [kept, setKept] = useState<Partial<Record<Kind, MessengerContent>>>({})
  const kind = kindOf(value)
  const change = (part: Partial<MessengerContent>) => {
    onChange({ ...value, ...part })
  }
  const turn = (next: Kind) => {
    setKept({ ...kept, [kind]: value })
    const start = startOf(next, value)
    const old = kept[next]
    // A utility message has none of what goes with the others, so it takes nothing from them away.
    onChange(kind === 'utility' ? (old ?? start) : old ? { ...old, ...without(start, next) } : start)
  }
  return (
    <div>
      <Form.Item label={t('messengerEditor.kind')}>
        <Segmented<Kind>
          aria-label={t('messengerEditor.kind')}
          className="template-kinds"
          value={kind}
          options={kinds.map((k) => ({ value: k, label: t(`messengerEditor.kinds.${k}`) }))}
          onChange={turn}
        />
      </Form.Item>
      {kind !== 'utility' && (
        <Form.Item
          label={t('messengerEditor.type')}
          htmlFor="messenger-type"
          extra={t('messengerEditor.typeHint')}
          validateStatus={problems.messaging_type ? 'error' : undefined}
          help={problems.messaging_type}
        >
          <Select<'UPDATE' | 'RESPONSE'>
            id="messenger-type"
            aria-label={t('messengerEditor.type')}
            value={value.messaging_type === 'RESPONSE' ? 'RESPONSE' : 'UPDATE'}
            options={(['UPDATE', 'RESPONSE'] as const).map((k) => ({
              value: k,
              label: t(`messengerEditor.types.${k}`),
            }))}
            onChange={(messaging_type) => {
              change({ messaging_type })
            }}
          />
        </Form.Item>
      )}
      {kind === 'text' && (
        <>
          <Field
            path="text"
            label={t('messengerEditor.text')}
            rows={5}
            value={value.text}
            max={value.buttons?.length ? limits.textWithButtons : limits.text}
            hint={value.buttons?.length ? t('messengerEditor.shorter') : undefined}
            problem={problems.text}
            onChange={(text) => {
              change({ text })
            }}
          />
          <Buttons
            path="buttons"
            value={value.buttons}
            problems={problems}
            onChange={(buttons) => {
              change({ buttons })
            }}
          />
        </>
      )}
      {kind === 'image' && (
        <Field
          path="image"
          label={t('messengerEditor.image')}
          value={value.image}
          max={limits.payload}
          hint={t('messengerEditor.imageHint')}
          problem={problems.image ?? problems.text}
          onChange={(image) => {
            change({ image })
          }}
        />
      )}
      {kind === 'cards' && (
        <Cards
          value={value.cards ?? []}
          problems={problems}
          onChange={(cards) => {
            change({ cards })
          }}
        />
      )}
      {kind === 'utility' && value.utility && (
        <Utility
          value={value.utility}
          problems={problems}
          onChange={(utility) => {
            change({ utility })
          }}
        />
      )}
      {kind !== 'utility' && (
        <>
          <QuickReplies
            value={value.quick_replies}
            problems={problems}
            onChange={(quick_replies) => {
              change({ quick_replies })
            }}
          />
          <TrackLinks
            checked={value.track_links}
            onChange={(on) => {
              change({ track_links: on || undefined })
            }}
          />
        </>
      )}
    </div>
  )
}

/** The shared parts of a fresh start, without the empty content that would take the place of what was kept. */
function without({ messaging_type, quick_replies, track_links }: MessengerContent, kind: Kind): MessengerContent {
  return kind === 'utility' ? {} : { messaging_type, quick_replies, track_links }
}

interface QuickRepliesProps {
  value?: MessengerQuickReply[]
  problems: Partial<Record<string, string>>
  onChange: (value: MessengerQuickReply[] | undefined) => void
}

function QuickReplies({ value = [], problems, onChange }: QuickRepliesProps) {
  const { t } = useTranslation()
  const nameOf = (i: number) => t('messengerEditor.quickReply', { number: i + 1 })
  return (
    <Pieces<MessengerQuickReply>
      title={t('messengerEditor.quickReplies')}
      list={value}
      max={limits.quickReplies}
      add={t('messengerEditor.addQuickReply')}
      fresh={{ title: '' }}
      nameOf={nameOf}
      problem={problems.quick_replies}
      onChange={(list) => {
        onChange(list.length > 0 ? list : undefined)
      }}
    >
      {(q, i, change) => (
        <>
          <Field
            path={`quick_replies.${i}.title`}
            label={t('messengerEditor.buttonTitle')}
            name={`${nameOf(i)}: ${t('messengerEditor.buttonTitle')}`}
            value={q.title}
            max={limits.title}
            problem={problems[`quick_replies.${i}.title`]}
            onChange={(title) => {
              change({ title })
            }}
          />
          <Field
            path={`quick_replies.${i}.payload`}
            label={t('messengerEditor.payload')}
            name={`${nameOf(i)}: ${t('messengerEditor.payload')}`}
            value={q.payload}
            max={limits.payload}
            optional
            problem={problems[`quick_replies.${i}.payload`]}
            onChange={(payload) => {
              change({ payload: payload || undefined })
            }}
          />
        </>
      )}
    </Pieces>
  )
}
