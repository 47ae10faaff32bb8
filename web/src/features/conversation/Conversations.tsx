import { useQuery } from '@tanstack/react-query'
import { App, Button, Card, Flex, Form, Input, Typography } from 'antd'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

import { type Chat, chatsQuery, useReply } from './api'

/** Where a customer wrote to us, and a box to answer there by hand. Nothing when they never did. */
export function Conversations({ contact, zone, mayReply }: { contact: number; zone: string; mayReply: boolean }) {
  const { t } = useTranslation()
  const list = useQuery(chatsQuery(contact))
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />
  const items = list.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Card size="small" title={<h2 className="card-title">{t('chats.title')}</h2>} style={{ marginBottom: 16 }}>
      <Flex vertical gap={16}>
        {items.map((c) => (
          <One key={`${c.connection_id} ${c.address}`} contact={contact} chat={c} zone={zone} mayReply={mayReply} />
        ))}
      </Flex>
    </Card>
  )
}

function One({ contact, chat, zone, mayReply }: { contact: number; chat: Chat; zone: string; mayReply: boolean }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const channel = useChannel()
  const reply = useReply(contact)
  const [form] = Form.useForm<{ text: string }>()
  const rest = useFormProblems(form, reply.error)
  // One key until the answer is in: who presses twice says it once.
  const key = useRef('')
  const where = `${chat.connection} (${channel(chat.channel)})`
  const source = chat.source && (i18n.language.startsWith('en') ? chat.source.en : chat.source.vi)
  const state = !chat.active
    ? t('chats.inactive')
    : chat.kind === ''
      ? t('chats.closed', { at: formatTime(chat.until, zone) || t('common.never') })
      : t(chat.kind === 'HUMAN_AGENT' ? 'chats.late' : 'chats.open', { at: formatTime(chat.until, zone) })
  return (
    <section aria-label={where}>
      <strong>{where}</strong>
      <div>{t('chats.lastIn', { at: formatTime(chat.last_in, zone) || t('common.never') })}</div>
      <div>{state}</div>
      {chat.kind === '' && source && <Typography.Text type="secondary">{source}</Typography.Text>}
      {mayReply && chat.active && chat.kind !== '' && (
        <Form<{ text: string }>
          form={form}
          layout="vertical"
          style={{ marginTop: 8 }}
          onFinish={({ text }) => {
            key.current ||= crypto.randomUUID()
            reply.mutate(
              { chat, text, key: key.current },
              {
                onSuccess: () => {
                  key.current = ''
                  form.resetFields()
                  void message.success(t('chats.sent'))
                },
              },
            )
          }}
          onValuesChange={() => {
            key.current = '' // another text is another message
          }}
        >
          <Form.Item
            name="text"
            label={t('chats.text', { where })}
            rules={[{ required: true, whitespace: true, message: t('chats.empty') }]}
          >
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={2000} showCount />
          </Form.Item>
          {rest !== undefined && rest !== null && <Failure error={rest} />}
          <Button htmlType="submit" type="primary" loading={reply.isPending}>
            {t('chats.send')}
          </Button>
        </Form>
      )}
    </section>
  )
}
