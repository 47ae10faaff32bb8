import { Alert, App, Checkbox, DatePicker, Form, Input, Modal } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { useChannel } from '@/lib/words'

import { type Contact, useGrant, useWithdraw } from './api'
import { type Channel, channels } from './words'

interface Values {
  channels: Channel[]
  source: string
  shown?: string
  evidence?: string
  date?: Dayjs
}

/** Notes that a person agreed to advertising, with the proof, or takes it back. */
export function ConsentDialog(props: { contact: Contact; act: 'grant' | 'withdraw'; onClose: () => void }) {
  const { contact, act, onClose } = props
  const { t } = useTranslation()
  const { message } = App.useApp()
  const channel = useChannel()
  const [form] = Form.useForm<Values>()
  const [shown, setShown] = useState(true)
  const grant = useGrant(contact.id)
  const withdraw = useWithdraw(contact.id)
  const granting = act === 'grant'
  // Paths of the basis of consent come as consent.source; the fields here have no such parent.
  const rest = useFormProblems(form, granting ? grant.error : withdraw.error, (path) =>
    path[0] === 'consent' ? path.slice(1) : path,
  )
  const done = {
    onSuccess: () => {
      setShown(false)
      void message.success(t('common.saved'))
    },
  }
  const offered = granting ? channels : channels.filter((c) => contact.consent?.includes(c))
  return (
    <Modal
      open={shown}
      title={granting ? t('contacts.grant') : t('contacts.withdraw')}
      okText={granting ? t('contacts.grantOk') : t('contacts.withdrawOk')}
      okButtonProps={{ danger: !granting }}
      cancelText={t('common.cancel')}
      confirmLoading={grant.isPending || withdraw.isPending}
      onOk={() => {
        form.submit()
      }}
      onCancel={() => {
        setShown(false)
      }}
      afterClose={onClose}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ channels: granting ? [] : offered }}
        onFinish={(v) => {
          if (!granting) {
            withdraw.mutate({ channels: v.channels, source: v.source }, done)
            return
          }
          const { date, ...basis } = v
          grant.mutate({ ...basis, date: date?.format('YYYY-MM-DD') }, done)
        }}
      >
        <Alert
          type={granting ? 'info' : 'warning'}
          showIcon
          style={{ marginBottom: 12 }}
          title={granting ? t('contacts.grantText') : t('contacts.withdrawText')}
        />
        {rest !== undefined && (
          <div style={{ marginBottom: 12 }}>
            <Failure error={rest} />
          </div>
        )}
        <Form.Item
          name="channels"
          label={t('contacts.channels')}
          rules={[{ required: true, message: t('common.required') }]}
        >
          <Checkbox.Group options={offered.map((c) => ({ value: c, label: channel(c) }))} />
        </Form.Item>
        <Form.Item
          name="source"
          label={granting ? t('contacts.source') : t('contacts.withdrawSource')}
          extra={granting ? t('contacts.sourceHint') : undefined}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input maxLength={500} autoComplete="off" />
        </Form.Item>
        {granting && (
          <>
            <Form.Item name="shown" label={t('contacts.shown')}>
              <Input.TextArea rows={2} maxLength={2000} />
            </Form.Item>
            <Form.Item name="evidence" label={t('contacts.evidence')} extra={t('contacts.evidenceHint')}>
              <Input maxLength={500} autoComplete="off" />
            </Form.Item>
            <Form.Item name="date" label={t('contacts.consentDay')} extra={t('contacts.consentDayHint')}>
              <DatePicker format="DD/MM/YYYY" style={{ width: '100%' }} placeholder={t('contacts.dayFormat')} />
            </Form.Item>
          </>
        )}
      </Form>
    </Modal>
  )
}
