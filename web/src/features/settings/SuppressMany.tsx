import { StopOutlined, UploadOutlined } from '@ant-design/icons'
import { Alert, App, Button, Drawer, Flex, Form, Input, Progress, Select, Typography, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { formatNumber } from '@/lib/format'
import { useChannel } from '@/lib/words'

import { readAddresses } from './addresses'
import { type Suppressed, useSuppress } from './api'
import type { Channel } from './words'

interface Fields {
  text: string
  channels: Channel[]
  note: string
}

/** The channels that go to phone numbers and mail addresses; ids of Zalo and Messenger are blocked by their own callbacks. */
const offered: Channel[] = ['zns', 'sms', 'email', 'ai_call']

/** A file is read in the browser; a larger one is an import of customers. */
const largest = 20 << 20

/** Blocks one or many addresses: typed, pasted, or from a file. */
export function SuppressMany() {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const channel = useChannel()
  const [open, setOpen] = useState(false)
  const [done, setDone] = useState(0)
  const [form] = Form.useForm<Fields>()
  const text = Form.useWatch('text', form)
  const found = readAddresses(text ?? '')
  const block = useSuppress(setDone)
  const number = (n: number) => formatNumber(n, i18n.language)
  const close = () => {
    setOpen(false)
  }
  return (
    <>
      <Button
        type="primary"
        icon={<StopOutlined />}
        onClick={() => {
          block.reset()
          setOpen(true)
        }}
      >
        {t('settings.suppressions.add')}
      </Button>
      <Drawer
        open={open}
        title={t('settings.suppressions.add')}
        size={520}
        destroyOnHidden
        mask={{ closable: !block.isPending }}
        onClose={close}
        footer={
          <Flex justify="end" gap={8}>
            <Button onClick={close}>{t('common.close')}</Button>
            <Button
              type="primary"
              danger
              loading={block.isPending}
              disabled={found.length === 0}
              onClick={() => {
                form.submit()
              }}
            >
              {t('settings.suppressions.block', { count: found.length })}
            </Button>
          </Flex>
        }
      >
        <p>{t('settings.suppressions.addHint')}</p>
        <Form<Fields>
          form={form}
          layout="vertical"
          preserve={false}
          initialValues={{ text: '', channels: [], note: '' }}
          onFinish={({ channels, note }) => {
            setDone(0)
            block.mutate(
              {
                addresses: found,
                channels: channels.length > 0 ? channels : undefined,
                note: note.trim() || undefined,
              },
              {
                onSuccess: () => {
                  form.setFieldsValue({ text: '' })
                },
              },
            )
          }}
        >
          <Form.Item name="text" label={t('settings.suppressions.text')} extra={t('settings.suppressions.textHint')}>
            <Input.TextArea rows={8} autoFocus spellCheck={false} style={{ fontFamily: 'monospace' }} />
          </Form.Item>
          <Form.Item>
            <Upload
              accept=".csv,.txt,text/csv,text/plain"
              maxCount={1}
              showUploadList={false}
              beforeUpload={(file) => {
                if (file.size > largest) void message.error(t('settings.suppressions.fileLarge'))
                else
                  void file.text().then((read) => {
                    form.setFieldsValue({ text: read })
                  })
                return false
              }}
            >
              <Button icon={<UploadOutlined />}>{t('settings.suppressions.file')}</Button>
            </Upload>
          </Form.Item>
          <Form.Item
            name="channels"
            label={t('settings.suppressions.onChannels')}
            extra={t('settings.suppressions.onChannelsHint')}
          >
            <Select
              mode="multiple"
              allowClear
              placeholder={t('settings.suppressions.everyChannel')}
              options={offered.map((c) => ({ value: c, label: channel(c) }))}
            />
          </Form.Item>
          <Form.Item name="note" label={t('settings.suppressions.note')} extra={t('settings.suppressions.noteHint')}>
            <Input maxLength={200} />
          </Form.Item>
        </Form>
        {block.isPending && (
          <Progress
            percent={Math.round((100 * done) / Math.max(1, block.variables.addresses.length))}
            aria-label={t('settings.suppressions.progress')}
          />
        )}
        {block.isError && <Failure error={block.error} />}
        <div role="status">{block.data && <Result result={block.data} number={number} />}</div>
      </Drawer>
    </>
  )
}

function Result({ result, number }: { result: Suppressed; number: (n: number) => string }) {
  const { t } = useTranslation()
  const refused = result.refused ?? []
  return (
    <Flex vertical gap={12}>
      <Alert
        type={result.added > 0 ? 'success' : 'info'}
        showIcon
        title={t('settings.suppressions.added', { count: result.added })}
        description={t('settings.suppressions.addedMore', {
          already: number(result.already),
          people: number(result.people),
        })}
      />
      {result.bad > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('settings.suppressions.bad', { count: result.bad })}
          description={
            <ul style={{ margin: 0, paddingInlineStart: 18 }}>
              {refused.slice(0, 20).map((r) => (
                <li key={r.line}>
                  {t('settings.suppressions.badLine', { line: number(r.line) })}{' '}
                  <Typography.Text code>{r.text}</Typography.Text>{' '}
                  {r.code === 'channel' ? t('settings.suppressions.badChannel') : t('settings.suppressions.badAddress')}
                </li>
              ))}
            </ul>
          }
        />
      )}
    </Flex>
  )
}
