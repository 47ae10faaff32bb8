import { SendOutlined } from '@ant-design/icons'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Drawer, Flex, Form, Input, Select, Tag, Typography } from 'antd'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { StatusChip } from '@/components/ui/Chip'
import { Failure, Loading } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { isAct } from '@/lib/channels'
import { formatMoney } from '@/lib/format'

import { connectionsQuery, contactsQuery, messageQuery, send, type Wish } from './api'

interface TestSendProps {
  /** The saved template; nothing can be sent before there is one. */
  template?: number
  channel: string
  /** What is being edited, when it is not saved. */
  content?: unknown
  /** Names of params.* that the template reads. */
  params?: string[]
  /** The contact that the preview shows. */
  contact?: number
}

/** "Gửi thử": a button, and a drawer that sends one real message and follows it. For templates of every channel. */
export function TestSend(props: TestSendProps) {
  const { t } = useTranslation()
  const may = useCan()('marketer')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        icon={<SendOutlined />}
        disabled={!may || props.template === undefined}
        title={props.template === undefined ? t('trial.noTemplate') : undefined}
        onClick={() => {
          setOpen(true)
        }}
      >
        {t('trial.open')}
      </Button>
      <Drawer
        open={open}
        title={t('trial.title')}
        size={480}
        styles={{ wrapper: { maxWidth: '100vw' } }}
        destroyOnHidden
        onClose={() => {
          setOpen(false)
        }}
      >
        {props.template !== undefined && <Desk {...props} template={props.template} />}
      </Drawer>
    </>
  )
}

const kindOf = (channel: string) =>
  channel === 'email' ? 'email' : channel === 'zalo_oa' ? 'zalo_user' : channel === 'messenger' ? 'messenger' : 'phone'

const remembered = (channel: string) => `loa.trial.${kindOf(channel)}`

function Desk({ template, channel, content, params = [], contact }: TestSendProps & { template: number }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Wish>()
  const [message, setMessage] = useState<number>()
  // One key for one press that means a new message: a repeated request is answered with the same one.
  const [key, setKey] = useState(() => crypto.randomUUID())
  const connections = useQuery(connectionsQuery(channel))
  // An act has no address: it is done about somebody.
  const act = isAct(channel)
  const trial = useMutation({
    mutationFn: (wish: Wish) => send(template, { ...wish, to: act ? String(wish.contact) : wish.to, content }, key),
    onSuccess: (asked, wish) => {
      if (!act) window.localStorage.setItem(remembered(channel), wish.to)
      setMessage(asked.message_id)
    },
    // The server has seen the key with this body, or nothing: a corrected form is another message.
    onError: () => {
      setKey(crypto.randomUUID())
    },
  })
  const lost = useFormProblems(form, trial.error, (path) =>
    path[0] === 'connection_id' ? ['connection'] : path[0] === 'contact_id' ? ['contact'] : path,
  )
  const list = connections.data
  useEffect(() => {
    if (list?.length === 1 && list[0] && !form.getFieldValue('connection')) form.setFieldValue('connection', list[0].id)
  }, [list, form])
  if (connections.isPending) return <Loading />
  if (connections.error) return <Failure error={connections.error} retry={() => void connections.refetch()} />
  if (message !== undefined)
    return (
      <Outcome
        id={message}
        again={() => {
          trial.reset()
          setMessage(undefined)
          setKey(crypto.randomUUID())
        }}
      />
    )
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={{ to: window.localStorage.getItem(remembered(channel)) ?? '', contact }}
      onFinish={(wish) => {
        trial.mutate(wish)
      }}
    >
      <Typography.Paragraph type="secondary">{t(act ? 'trial.leadAct' : 'trial.lead')}</Typography.Paragraph>
      {content !== undefined && <Alert type="info" showIcon title={t('trial.unsaved')} style={{ marginBottom: 12 }} />}
      {connections.data.length === 0 && (
        <Alert type="warning" showIcon title={t('trial.noConnection')} style={{ marginBottom: 12 }} />
      )}
      <Form.Item name="connection" label={t('trial.connection')} rules={[{ required: true, message: t('trial.need') }]}>
        <Select options={connections.data.map((c) => ({ value: c.id, label: c.name }))} />
      </Form.Item>
      {!act && (
        <Form.Item
          name="to"
          label={t('trial.to')}
          rules={[{ required: true, whitespace: true, message: t('trial.need') }]}
        >
          <Input placeholder={t(`trial.toPlaceholder.${kindOf(channel)}`)} autoComplete="off" />
        </Form.Item>
      )}
      <Form.Item
        name="contact"
        label={t(act ? 'trial.person' : 'trial.contact')}
        extra={act ? undefined : t('trial.contactHint')}
        rules={[{ required: act, message: t('trial.need') }]}
      >
        <ContactSelect />
      </Form.Item>
      {params.map((name) => (
        <Form.Item key={name} name={['params', name]} label={t('trial.params', { name })}>
          <Input autoComplete="off" />
        </Form.Item>
      ))}
      {lost && <Failure error={lost} />}
      <Button
        type="primary"
        htmlType="submit"
        icon={<SendOutlined />}
        loading={trial.isPending}
        disabled={connections.data.length === 0}
        style={{ marginTop: 12 }}
      >
        {t('trial.send')}
      </Button>
    </Form>
  )
}

function ContactSelect({ id, value, onChange }: { id?: string; value?: number; onChange?: (id?: number) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setAsked(search)
    }, 300)
    return () => {
      window.clearTimeout(timer)
    }
  }, [search])
  const found = useQuery(contactsQuery(asked))
  return (
    <Select<number>
      id={id}
      value={value}
      onChange={onChange}
      allowClear
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={found.isFetching}
      placeholder={t('trial.contactSearch')}
      options={(found.data ?? []).map((c) => ({
        value: c.id,
        label: [c.name, c.phone, c.email].filter(Boolean).join(' · '),
      }))}
    />
  )
}

/** What became of the message, live, with "Vì sao?". */
function Outcome({ id, again }: { id: number; again: () => void }) {
  const { t, i18n } = useTranslation()
  const title = useId()
  const message = useQuery(messageQuery(id))
  if (message.isPending) return <Loading />
  if (message.error) return <Failure error={message.error} retry={() => void message.refetch()} />
  const { leg, sentences } = message.data
  const waiting = ['queued', 'sending', 'unknown'].includes(leg.state)
  return (
    <Flex vertical gap={12} role="status">
      <Flex gap={8} align="center" wrap>
        <Typography.Text strong>{t('trial.sent', { id })}</Typography.Text>
        <StatusChip status={leg.status} channel={leg.channel} />
        {waiting && <Tag>{t('trial.waiting')}</Tag>}
      </Flex>
      <section aria-labelledby={title}>
        <Typography.Title id={title} level={3} style={{ fontSize: 16 }}>
          {t('trial.why')}
        </Typography.Title>
        <ol style={{ margin: 0, paddingInlineStart: 20 }}>
          {(sentences ?? []).map((s, i) => (
            <li key={`${s.code} ${i}`}>{s.text}</li>
          ))}
        </ol>
      </section>
      {leg.price > 0 && <div>{t('trial.price', { price: formatMoney(leg.price, i18n.language) })}</div>}
      {leg.key && (
        <Typography.Text type="secondary" copyable={{ text: leg.key }}>
          {t('trial.key', { key: leg.key })}
        </Typography.Text>
      )}
      <div>
        <Button onClick={again}>{t('trial.again')}</Button>
      </div>
    </Flex>
  )
}
