import { ArrowDownOutlined, ArrowUpOutlined, CopyOutlined, DeleteOutlined } from '@ant-design/icons'
import { Button, ColorPicker, Flex, Form, Input, InputNumber, Select, Tooltip, Typography } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Kind } from './BlockEditor'
import type { Blocks, Selected } from './blocks'

type Field =
  | 'content' | 'href' | 'src' | 'alt' | 'width' | 'height' | 'align' | 'color' | 'background-color' | 'container-background-color' | 'font-size' | 'line-height'
  | 'font-weight' | 'border-radius' | 'border-color' | 'border-width' | 'padding-top' | 'padding-bottom' | 'vertical-align' | 'name' // prettier-ignore

const space: Field[] = ['padding-top', 'padding-bottom']

/** What can be set on which kind of part. */
const fields: Partial<Record<Kind, Field[]>> = {
  'mj-body': ['background-color', 'width'],
  'mj-section': ['background-color', ...space],
  'mj-wrapper': ['background-color', ...space],
  'mj-hero': ['background-color', ...space],
  'mj-column': ['background-color', 'width', 'vertical-align', 'border-radius', ...space],
  'mj-text': [
    'content',
    'align',
    'color',
    'font-size',
    'font-weight',
    'line-height',
    'container-background-color',
    ...space,
  ],
  'mj-button': [
    'content',
    'href',
    'align',
    'background-color',
    'color',
    'font-size',
    'font-weight',
    'border-radius',
    ...space,
  ],
  'mj-image': ['src', 'alt', 'href', 'width', 'align', 'border-radius', ...space],
  'mj-divider': ['border-color', 'border-width', ...space],
  'mj-spacer': ['height'],
  'mj-social': ['align', 'font-size', ...space],
  'mj-social-element': ['name', 'content', 'href', 'color'],
  'mj-navbar-link': ['content', 'href', 'color'],
  'mj-raw': ['content'],
}

const lengths = new Set<Field>([
  'height',
  'font-size',
  'border-radius',
  'border-width',
  'padding-top',
  'padding-bottom',
])
const colours = new Set<Field>(['color', 'background-color', 'container-background-color', 'border-color'])

/** The settings of the part that is selected, and what may be done with it. */
export function PartSettings({
  part,
  blocks,
  pick,
}: {
  part: Selected | null
  blocks: Blocks | null
  pick: () => void
}) {
  const { t } = useTranslation()
  const kind = part?.type as Kind | undefined
  if (!part || !kind || !blocks)
    return <Typography.Text type="secondary">{t('emailEditor.noSelection')}</Typography.Text>
  const acts = [
    {
      name: t('emailEditor.up'),
      icon: <ArrowUpOutlined />,
      off: part.first,
      act: () => {
        blocks.move(-1)
      },
    },
    {
      name: t('emailEditor.down'),
      icon: <ArrowDownOutlined />,
      off: part.last,
      act: () => {
        blocks.move(1)
      },
    },
    { name: t('emailEditor.copy'), icon: <CopyOutlined />, off: false, act: blocks.copy },
    { name: t('emailEditor.remove'), icon: <DeleteOutlined />, off: false, act: blocks.remove },
  ]
  return (
    <Form layout="vertical" size="small" component="div">
      <Flex justify="space-between" align="center" gap={4} wrap>
        <Typography.Text strong>{t(`emailEditor.part.${kind}`)}</Typography.Text>
        {kind !== 'mj-body' && (
          <Flex gap={2}>
            {acts.map((a) => (
              <Tooltip key={a.name} title={a.name}>
                <Button type="text" size="small" aria-label={a.name} icon={a.icon} disabled={a.off} onClick={a.act} />
              </Tooltip>
            ))}
          </Flex>
        )}
      </Flex>
      {(fields[kind] ?? []).map((field) => (
        <Setting key={`${part.id} ${field}`} field={field} part={part} blocks={blocks} pick={pick} />
      ))}
    </Form>
  )
}

function Setting({ field, part, blocks, pick }: { field: Field; part: Selected; blocks: Blocks; pick: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const outer = field === 'content' ? (part.content ?? '') : (part.attributes[field] ?? '')
  const [typed, setTyped] = useState<{ from: string; text: string }>()
  // What was typed counts until the editor says something else.
  const text = typed?.from === outer ? typed.text : outer
  const label = t(`emailEditor.field.${field}`)
  const save = (value: string) => {
    setTyped(undefined)
    if (value === outer) return
    if (field === 'content') blocks.setContent(value)
    else blocks.set({ [field]: value })
  }
  const typing = {
    id,
    value: text,
    onChange: (e: { target: { value: string } }) => {
      setTyped({ from: outer, text: e.target.value })
    },
    onBlur: () => {
      save(text)
    },
  }
  let input
  if (field === 'content') input = <Input.TextArea {...typing} autoSize={{ minRows: 2, maxRows: 8 }} />
  else if (field === 'align' || field === 'vertical-align')
    input = (
      <Select<string>
        id={id}
        value={text || undefined}
        onChange={save}
        options={
          field === 'align'
            ? (['left', 'center', 'right'] as const).map((value) => ({ value, label: t(`emailEditor.align.${value}`) }))
            : (['top', 'middle', 'bottom'] as const).map((value) => ({
                value,
                label: t(`emailEditor.valign.${value}`),
              }))
        }
      />
    )
  else if (field === 'font-weight')
    input = (
      <Select
        id={id}
        value={text || undefined}
        onChange={save}
        options={['400', '700'].map((value) => ({ value, label: value }))}
      />
    )
  else if (lengths.has(field))
    input = (
      <InputNumber
        id={id}
        min={0}
        max={200}
        suffix="px"
        value={Number.parseInt(text, 10) || 0}
        onChange={(value) => {
          save(`${value ?? 0}px`)
        }}
        style={{ width: '100%' }}
      />
    )
  else if (colours.has(field))
    input = (
      <Flex gap={4}>
        <Input {...typing} placeholder="#ffffff" onPressEnter={typing.onBlur} />
        <ColorPicker
          aria-label={label}
          value={/^#[0-9a-f]{3,8}$/i.test(text) ? text : '#ffffff'}
          disabledAlpha
          onChangeComplete={(colour) => {
            save(colour.toHexString())
          }}
        />
      </Flex>
    )
  else if (field === 'src')
    input = (
      <>
        <Input {...typing} value={text.startsWith('data:') ? '' : text} onPressEnter={typing.onBlur} />
        <Button onClick={pick} style={{ marginTop: 4 }}>
          {t('emailEditor.choosePicture')}
        </Button>
      </>
    )
  else input = <Input {...typing} onPressEnter={typing.onBlur} />
  return (
    <Form.Item
      label={label}
      htmlFor={id}
      extra={field === 'alt' || field === 'src' ? t(`emailEditor.fieldHint.${field}`) : undefined}
      style={{ marginBottom: 8 }}
    >
      {input}
    </Form.Item>
  )
}
