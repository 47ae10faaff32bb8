import { ImportOutlined } from '@ant-design/icons'
import { App, Button, Flex, Input, Switch, Typography } from 'antd'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { VariablePicker } from '@/components/variables/VariablePicker'

import { bytesOf, cleanImport, maxBytes } from './content'
import { formatBytes } from './words'

interface Props {
  html: string
  onChange: (html: string) => void
  invalid?: boolean
}

/** The mail as code, for who brings HTML along. */
export function HtmlEditor({ html, onChange, invalid }: Props) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const area = useRef<TextAreaRef>(null)
  const file = useRef<HTMLInputElement>(null)
  const label = useId()
  const [wrap, setWrap] = useState(true)
  const size = bytesOf(html)
  const take = async (chosen: File) => {
    if (chosen.size > maxBytes) {
      void message.error(t('emailEditor.html.tooLarge'))
      return
    }
    onChange(cleanImport(await chosen.text()))
    void message.success(t('emailEditor.html.imported', { name: chosen.name }))
  }
  const insert = (text: string) => {
    const el = area.current?.resizableTextArea?.textArea
    const from = el?.selectionStart ?? html.length
    const to = el?.selectionEnd ?? html.length
    onChange(html.slice(0, from) + text + html.slice(to))
    window.requestAnimationFrame(() => {
      el?.focus()
      el?.setSelectionRange(from + text.length, from + text.length)
    })
  }
  return (
    <Flex vertical gap={8}>
      <Flex gap={8} wrap align="center" role="toolbar" aria-label={t('emailEditor.toolbar')}>
        <input
          ref={file}
          type="file"
          accept=".html,.htm,text/html"
          hidden
          aria-label={t('emailEditor.html.import')}
          onChange={(e) => {
            const chosen = e.target.files?.[0]
            if (chosen) void take(chosen)
            e.target.value = ''
          }}
        />
        <Button icon={<ImportOutlined />} onClick={() => file.current?.click()}>
          {t('emailEditor.html.import')}
        </Button>
        <VariablePicker unsubscribe field={t('emailEditor.html.label')} onPick={insert} />
        <label>
          <Switch size="small" checked={wrap} onChange={setWrap} /> {t('emailEditor.html.wrap')}
        </label>
      </Flex>
      <label htmlFor={label}>{t('emailEditor.html.label')}</label>
      <Input.TextArea
        id={label}
        ref={area}
        className="mail-code"
        value={html}
        status={invalid ? 'error' : undefined}
        aria-invalid={invalid}
        spellCheck={false}
        autoComplete="off"
        autoSize={{ minRows: 18, maxRows: 36 }}
        style={wrap ? undefined : { whiteSpace: 'pre', overflowX: 'auto' }}
        onChange={(e) => {
          onChange(e.target.value)
        }}
      />
      <Typography.Text type={size > maxBytes ? 'danger' : 'secondary'}>
        {t('emailEditor.html.size', {
          size: formatBytes(size, i18n.language),
          max: formatBytes(maxBytes, i18n.language),
        })}
      </Typography.Text>
    </Flex>
  )
}
