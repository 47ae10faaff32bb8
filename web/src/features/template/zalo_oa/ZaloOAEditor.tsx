import { Form, Segmented, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { EditorProps } from '../editors'
import { Field } from '../parts/Field'
import '../parts/parts.css'
import { TrackLinks } from '../parts/Yes'
import { Approved } from './Approved'
import { Attachment } from './Attachment'
import { ButtonList } from './ButtonList'
import { type Kind, kindOf, kinds, limits, startOf, type ZaloAsk, type ZaloOAContent } from './content'
import { ItemList } from './ItemList'

/** One message of an OA: a text with buttons, a picture, a list, a file, a question for particulars, or a template that Zalo has approved. */
export function ZaloOAEditor({ value, onChange, problems = {}, contact }: EditorProps<ZaloOAContent>) {
  const { t } = useTranslation()
  // What was written for another kind comes back when somebody changes their mind.
  const [kept, setKept] = useState<Partial<Record<Kind, ZaloOAContent>>>({})
  const kind = kindOf(value)
  const change = (part: Partial<ZaloOAContent>) => {
    onChange({ ...value, ...part })
  }
  const turn = (next: Kind) => {
    setKept({ ...kept, [kind]: value })
    onChange(kept[next] ?? startOf(next))
  }
  const linked = kind === 'text' || kind === 'items' || kind === 'image'
  return (
    <div>
      <Form.Item
        label={t('messengerEditor.kind')}
        extra={kind === 'template' ? undefined : t('zaloOAEditor.window')}
        validateStatus={problems.text && kind !== 'text' ? 'error' : undefined}
        help={kind !== 'text' && kind !== 'items' ? problems.text : undefined}
      >
        <Segmented<Kind>
          aria-label={t('messengerEditor.kind')}
          className="template-kinds"
          value={kind}
          options={kinds.map((k) => ({ value: k, label: t(`zaloOAEditor.kinds.${k}`) }))}
          onChange={turn}
        />
      </Form.Item>
      {kind === 'image' && (
        <Attachment
          kind="image"
          value={value.image ?? ''}
          problem={problems.image}
          onChange={(image) => {
            change({ image })
          }}
        />
      )}
      {(kind === 'text' || kind === 'image') && (
        <Field
          path="text"
          label={t(kind === 'text' ? 'messengerEditor.text' : 'zaloOAEditor.caption')}
          rows={kind === 'text' ? 5 : 3}
          optional={kind === 'image'}
          value={value.text}
          max={limits.text}
          problem={kind === 'text' ? problems.text : undefined}
          onChange={(text) => {
            change({ text: kind === 'text' ? text : text || undefined })
          }}
        />
      )}
      {kind === 'items' && (
        <ItemList
          value={value.items ?? []}
          problems={problems}
          onChange={(items) => {
            change({ items })
          }}
        />
      )}
      {kind === 'file' && (
        <Attachment
          kind="file"
          value={value.file ?? ''}
          problem={problems.file}
          onChange={(file) => {
            change({ file })
          }}
        />
      )}
      {kind === 'ask' && value.ask && (
        <Ask
          value={value.ask}
          problems={problems}
          onChange={(ask) => {
            change({ ask })
          }}
        />
      )}
      {kind === 'template' && value.template && (
        <Approved
          value={value.template}
          contact={contact}
          problems={bare(problems)}
          onChange={(template) => {
            change({ template })
          }}
        />
      )}
      {(kind === 'text' || kind === 'items') && (
        <ButtonList
          value={value.buttons}
          problems={problems}
          onChange={(buttons) => {
            change({ buttons })
          }}
        />
      )}
      {linked && (
        <TrackLinks
          checked={value.track_links}
          onChange={(on) => {
            change({ track_links: on || undefined })
          }}
        />
      )}
    </div>
  )
}

/** What is wrong with an approved template, without the block it stands in. */
const bare = (problems: Partial<Record<string, string>>) =>
  Object.fromEntries(Object.entries(problems).map(([path, text]) => [path.replace(/^template\./, ''), text]))

interface AskProps {
  value: ZaloAsk
  problems: Partial<Record<string, string>>
  onChange: (value: ZaloAsk) => void
}

function Ask({ value, problems, onChange }: AskProps) {
  const { t } = useTranslation()
  const field = (key: keyof ZaloAsk, label: string, max: number, hint?: string) => (
    <Field
      path={`ask.${key}`}
      label={label}
      value={value[key]}
      max={max}
      hint={hint}
      problem={problems[`ask.${key}`]}
      onChange={(text) => {
        onChange({ ...value, [key]: text })
      }}
    />
  )
  return (
    <>
      <Typography.Paragraph type="secondary">{t('zaloOAEditor.askHint')}</Typography.Paragraph>
      {field('title', t('messengerEditor.cardTitle'), limits.title)}
      {field('subtitle', t('messengerEditor.subtitle'), limits.subtitle)}
      {field('image', t('messengerEditor.image'), limits.address, t('zaloOAEditor.imageHint'))}
    </>
  )
}
