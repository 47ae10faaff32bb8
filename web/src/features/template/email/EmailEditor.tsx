import { Button, Checkbox, Dropdown, Flex, Form, Input, Segmented, Select, Tabs, Typography } from 'antd'
import { useId, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'
import { VariableInput } from '@/components/variables/VariableInput'

import { BlockEditor } from './BlockEditor'
import { type EmailContent, lengthOf } from './content'
import type { Blocks } from './blocks'
import { HtmlEditor } from './HtmlEditor'
import { MailCheck } from './MailCheck'
import { MailPreview } from './MailPreview'
import { PlainText } from './PlainText'
import { startKeys, startOf } from './starts'
import './email.css'

export interface EmailEditorProps {
  value: EmailContent
  onChange: (value: EmailContent) => void
  /** What the API found wrong, by field: subject, html, text, preheader, from_name. */
  problems?: Partial<Record<string, string>>
  /** The contact that fills the preview in; made-up data when absent. */
  contact?: number
}

/** The editor of mails: what it says in a list of mails, its content as blocks or as HTML, its text part, a preview and a check. */
export function EmailEditor({ value, onChange, problems = {}, contact }: EmailEditorProps) {
  const { t } = useTranslation()
  const confirm = useConfirm()
  // The block editor tells its changes late: by then the other fields may have gone on.
  const latest = useRef(value)
  useLayoutEffect(() => {
    latest.current = value
  })
  const [blocks, setBlocks] = useState<Blocks | null>(null)
  const [warnings, setWarnings] = useState<string[]>([])
  const [mode, setMode] = useState<'blocks' | 'html'>(value.html && !value.mjml ? 'html' : 'blocks')
  const [round, setRound] = useState(0)
  // A template that nobody has changed may be replaced without asking.
  const [untouched, setUntouched] = useState(false)
  // A blank start is no work of the author's: it goes along with their first change.
  const blank = useRef<Partial<EmailContent>>(undefined)
  const chosen = useRef(Boolean(value.mjml))
  const change = (part: Partial<EmailContent>) => {
    onChange({ ...latest.current, ...blank.current, ...part })
    blank.current = undefined
  }

  const toHTML = () => {
    const go = () => {
      change({ mjml: undefined })
      setMode('html')
      return Promise.resolve()
    }
    if (!value.mjml) void go()
    else
      confirm({
        title: t('emailEditor.toHtml.title'),
        text: t('emailEditor.toHtml.text'),
        ok: t('emailEditor.toHtml.ok'),
        action: go,
      })
  }
  const toBlocks = () => {
    const go = () => {
      // The old HTML goes into one block; style sheets and what stands around the body do not fit in there.
      const body = new DOMParser().parseFromString(value.html, 'text/html').body.innerHTML
      chosen.current = Boolean(value.html.trim())
      change({ mjml: value.html.trim() ? rawPage(body) : undefined, html: '' })
      setMode('blocks')
      setRound(round + 1)
      return Promise.resolve()
    }
    if (!value.html.trim()) void go()
    else
      confirm({
        title: t('emailEditor.toBlocks.title'),
        text: t('emailEditor.toBlocks.text'),
        ok: t('emailEditor.toBlocks.ok'),
        danger: true,
        action: go,
      })
  }
  const begin = (key: (typeof startKeys)[number]) => {
    const go = () => {
      const mjml = startOf(key, t)
      chosen.current = true
      change({ mjml, html: '' })
      setMode('blocks')
      if (blocks && mode === 'blocks') blocks.load(mjml)
      else setRound(round + 1)
      return Promise.resolve()
    }
    if (!value.html.trim() || untouched) void go()
    else
      confirm({
        title: t('emailEditor.start.replace'),
        text: t('emailEditor.start.replaceText'),
        ok: t('emailEditor.start.replaceOk'),
        danger: true,
        action: go,
      })
  }

  return (
    <div>
      <Head value={value} change={change} problems={problems} />
      <Tabs
        tabBarGutter={16}
        items={[
          {
            key: 'content',
            label: t('emailEditor.tabs.content'),
            children: (
              <Flex vertical gap={12}>
                <Flex gap={8} wrap justify="space-between">
                  <Segmented<'blocks' | 'html'>
                    aria-label={t('emailEditor.mode')}
                    value={mode}
                    onChange={(next) => {
                      if (next === 'html') toHTML()
                      else toBlocks()
                    }}
                    options={[
                      { value: 'blocks', label: t('emailEditor.modes.blocks') },
                      { value: 'html', label: t('emailEditor.modes.html') },
                    ]}
                  />
                  <Dropdown
                    trigger={['click']}
                    menu={{
                      items: startKeys.map((key) => ({ key, label: t(`emailEditor.start.${key}`) })),
                      onClick: ({ key }) => {
                        begin(key as (typeof startKeys)[number])
                      },
                    }}
                  >
                    <Button>{t('emailEditor.start.label')}</Button>
                  </Dropdown>
                </Flex>
                {problems.html && (
                  <Typography.Text type="danger" role="alert">
                    {problems.html}
                  </Typography.Text>
                )}
                {mode === 'blocks' ? (
                  <BlockEditor
                    key={round}
                    mjml={value.mjml ?? ''}
                    fresh={!value.html}
                    onReady={setBlocks}
                    onChange={(made) => {
                      setWarnings(made.errors)
                      setUntouched(Boolean(made.fresh))
                      const part = { mjml: made.mjml, html: made.html }
                      if (made.fresh && !chosen.current) blank.current = part
                      else change(part)
                    }}
                  />
                ) : (
                  <HtmlEditor
                    html={value.html}
                    invalid={Boolean(problems.html)}
                    onChange={(html) => {
                      setUntouched(false)
                      change({ html, mjml: undefined })
                    }}
                  />
                )}
              </Flex>
            ),
          },
          {
            key: 'text',
            label: t('emailEditor.tabs.text'),
            children: (
              <PlainText
                content={value}
                onChange={(text) => {
                  change({ text: text || undefined })
                }}
              />
            ),
          },
          {
            key: 'preview',
            label: t('emailEditor.tabs.preview'),
            children: <MailPreview content={value} contact={contact} />,
          },
          {
            key: 'check',
            label: t('emailEditor.tabs.check'),
            children: <MailCheck content={value} warnings={mode === 'blocks' ? warnings : []} />,
          },
        ]}
      />
    </div>
  )
}

const rawPage = (body: string) =>
  `<mjml><mj-body width="600px"><mj-section><mj-column><mj-raw>${body}</mj-raw></mj-column></mj-section></mj-body></mjml>`

interface HeadProps {
  value: EmailContent
  change: (part: Partial<EmailContent>) => void
  problems: Partial<Record<string, string>>
}

/** What stands in the list of mails, and the kind of the mail. */
function Head({ value, change, problems }: HeadProps) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <Form layout="vertical" component="div">
      <Form.Item
        label={t('emailEditor.subject')}
        htmlFor={`${id}s`}
        required
        validateStatus={problems.subject ? 'error' : undefined}
        help={problems.subject}
        extra={`${t('emailEditor.subjectCount', { count: lengthOf(value.subject) })}. ${t('emailEditor.subjectHint')}`}
      >
        <VariableInput
          id={`${id}s`}
          label={t('emailEditor.subject')}
          value={value.subject}
          status={problems.subject ? 'error' : undefined}
          onChange={(subject) => {
            change({ subject })
          }}
        />
      </Form.Item>
      <Form.Item
        label={t('emailEditor.preheader')}
        htmlFor={`${id}p`}
        validateStatus={problems.preheader ? 'error' : undefined}
        help={problems.preheader}
        extra={`${t('emailEditor.subjectCount', { count: lengthOf(value.preheader ?? '') })}. ${t('emailEditor.preheaderHint')}`}
      >
        <VariableInput
          id={`${id}p`}
          label={t('emailEditor.preheader')}
          value={value.preheader ?? ''}
          onChange={(text) => {
            change({ preheader: text || undefined })
          }}
        />
      </Form.Item>
      <Flex gap={16} wrap>
        <Form.Item
          label={t('emailEditor.fromName')}
          htmlFor={`${id}f`}
          validateStatus={problems.from_name ? 'error' : undefined}
          help={problems.from_name}
          extra={t('emailEditor.fromNameHint')}
          style={{ flex: '1 1 220px' }}
        >
          <Input
            id={`${id}f`}
            value={value.from_name ?? ''}
            onChange={(e) => {
              change({ from_name: e.target.value || undefined })
            }}
          />
        </Form.Item>
        <Form.Item label={t('emailEditor.purpose')} htmlFor={`${id}k`} style={{ flex: '1 1 220px' }}>
          <Select
            id={`${id}k`}
            value={value.purpose ?? 'marketing'}
            onChange={(purpose) => {
              change({ purpose })
            }}
            options={(['marketing', 'care', 'transaction'] as const).map((kind) => ({
              value: kind,
              label: t(`emailEditor.purposes.${kind}`),
            }))}
          />
        </Form.Item>
      </Flex>
      {(value.purpose ?? 'marketing') === 'marketing' && (
        <Form.Item style={{ marginBottom: 8 }}>
          <Checkbox
            checked={Boolean(value.unsubscribe_footer)}
            onChange={(e) => {
              change({ unsubscribe_footer: e.target.checked || undefined })
            }}
          >
            {t('emailEditor.footer')}
          </Checkbox>
        </Form.Item>
      )}
    </Form>
  )
}
