import { PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Modal, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type Role, roles } from '@/api/session'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { useCreateKey } from './api'
import { OneTime } from './OneTime'

interface Fields {
  name: string
  role: Role
  days: number
}

/** How long a key can live, in days; 0 = for ever. */
const lives = [30, 90, 365, 0] as const

/** Makes an API key and shows it this once. */
export function NewKey() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  // The secret is shown when the form has gone, so that focus finds its way back to the button.
  const [closed, setClosed] = useState(true)
  const [secret, setSecret] = useState<string>()
  const [form] = Form.useForm<Fields>()
  const create = useCreateKey()
  const rest = useFormProblems(form, create.error, (path) => (path[0] === 'expires_at' ? ['days'] : undefined))
  return (
    <>
      <Button
        type="primary"
        icon={<PlusOutlined />}
        onClick={() => {
          create.reset()
          setOpen(true)
        }}
      >
        {t('settings.keys.add')}
      </Button>
      <Modal
        open={open}
        title={t('settings.keys.add')}
        okText={t('settings.keys.add')}
        cancelText={t('common.cancel')}
        confirmLoading={create.isPending}
        destroyOnHidden
        onCancel={() => {
          setOpen(false)
        }}
        okButtonProps={{ htmlType: 'submit', form: 'new-key' }}
        afterOpenChange={(shown) => {
          setClosed(!shown)
          if (shown) (form.getFieldInstance('name') as HTMLElement | undefined)?.focus()
        }}
      >
        <Form<Fields>
          form={form}
          id="new-key"
          layout="vertical"
          preserve={false}
          initialValues={{ role: 'marketer', days: 365 }}
          onFinish={({ name, role, days }) => {
            const expires_at = days ? dayjs().add(days, 'day').toISOString() : undefined
            create.mutate(
              { name, role, expires_at },
              {
                onSuccess: (made) => {
                  setOpen(false)
                  setSecret(made.secret)
                },
              },
            )
          }}
        >
          <Form.Item
            name="name"
            label={t('settings.keys.note')}
            extra={t('settings.keys.noteHint')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input maxLength={100} autoComplete="off" />
          </Form.Item>
          <Form.Item name="role" label={t('settings.keys.may')} extra={t('settings.keys.mayHint')}>
            <Select options={roles.map((r) => ({ value: r, label: t(`settings.role.${r}`) }))} />
          </Form.Item>
          <Form.Item name="days" label={t('settings.keys.life')}>
            <Select
              options={lives.map((days) => ({
                value: days,
                label: days ? t('settings.keys.days', { count: days }) : t('settings.keys.forever'),
              }))}
            />
          </Form.Item>
          {rest !== undefined && <Failure error={rest} />}
        </Form>
      </Modal>
      <OneTime
        title={t('settings.keys.secretTitle')}
        hint={t('settings.keys.secretHint')}
        label={t('settings.keys.secret')}
        secret={closed ? secret : undefined}
        onClose={() => {
          setSecret(undefined)
        }}
      />
    </>
  )
}
