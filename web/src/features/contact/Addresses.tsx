import { App, Button, Flex, Form, Input, Modal, Tag, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { type Contact, useAddIdentity, useRemoveIdentity } from './api'
import { useWords } from './words'

/** All addresses of a person: the main ones, which the form changes, and the further ones. */
export function Addresses({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const words = useWords()
  const may = useCan()('care')
  const confirm = useConfirm()
  const remove = useRemoveIdentity(contact.id)
  const [adding, setAdding] = useState(false)
  const further = contact.identities ?? []
  const main = [
    { kind: 'phone', value: contact.phone },
    { kind: 'email', value: contact.email },
  ].filter((a) => a.value)
  return (
    <Flex vertical gap={8}>
      {main.length + further.length === 0 && (
        <Typography.Text type="secondary">{t('contacts.noAddress')}</Typography.Text>
      )}
      {main.map((a) => (
        <Flex key={a.kind} justify="space-between" gap={8} wrap>
          <span style={{ overflowWrap: 'anywhere' }}>
            <Typography.Text type="secondary">{words.kind(a.kind)}: </Typography.Text>
            {a.value}
          </span>
          <Tag style={{ margin: 0 }}>{t('contacts.mainAddress')}</Tag>
        </Flex>
      ))}
      {further.map((a) => (
        <Flex key={`${a.kind} ${a.scope ?? ''} ${a.value}`} justify="space-between" gap={8} align="center">
          <span style={{ overflowWrap: 'anywhere' }}>
            <Typography.Text type="secondary">{words.kind(a.kind)}: </Typography.Text>
            {a.value}
            {a.scope && <Typography.Text type="secondary"> ({a.scope})</Typography.Text>}
          </span>
          {may && (
            <Button
              size="small"
              type="text"
              danger
              aria-label={t('contacts.removeAddress', { value: a.value })}
              onClick={() => {
                confirm({
                  title: t('contacts.removeAddress', { value: a.value }),
                  text: t('contacts.removeAddressText'),
                  ok: t('common.delete'),
                  danger: true,
                  action: () => remove.mutateAsync(a),
                })
              }}
            >
              {t('common.delete')}
            </Button>
          )}
        </Flex>
      ))}
      {may && (
        <div>
          <Button
            size="small"
            aria-haspopup="dialog"
            onClick={() => {
              setAdding(true)
            }}
          >
            {t('contacts.addAddress')}
          </Button>
        </div>
      )}
      {adding && (
        <AddAddress
          contact={contact}
          onClose={() => {
            setAdding(false)
          }}
        />
      )}
    </Flex>
  )
}

function AddAddress({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ value: string }>()
  const [shown, setShown] = useState(true)
  const add = useAddIdentity(contact.id)
  const rest = useFormProblems(form, add.error)
  return (
    <Modal
      open={shown}
      title={t('contacts.addAddress')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={add.isPending}
      onOk={() => {
        form.submit()
      }}
      onCancel={() => {
        setShown(false)
      }}
      afterOpenChange={(open) => {
        if (open) (form.getFieldInstance('value') as HTMLElement | undefined)?.focus()
      }}
      afterClose={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        onFinish={({ value }) => {
          add.mutate(
            { kind: value.includes('@') ? 'email' : 'phone', value: value.trim() },
            {
              onSuccess: () => {
                setShown(false)
                void message.success(t('common.saved'))
              },
            },
          )
        }}
      >
        {rest !== undefined && <Failure error={rest} />}
        <Form.Item
          name="value"
          label={t('contacts.phoneOrEmail')}
          extra={t('contacts.addAddressHint')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input maxLength={254} autoComplete="off" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
