import { App, Button, Form, Input, Modal, Select } from 'antd'
import { PlusOutlined } from '@ant-design/icons'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { roles } from '@/api/session'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { type NewUser, useAddUser } from './api'
import { OneTime } from './OneTime'

/** Adds a person and shows the one-time link that lets them in. */
export function InviteUser() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  // The secret is shown when the form has gone, so that focus finds its way back to the button.
  const [closed, setClosed] = useState(true)
  const [link, setLink] = useState<string>()
  const [form] = Form.useForm<NewUser>()
  const add = useAddUser()
  const rest = useFormProblems(form, add.error)
  const required = { required: true, whitespace: true, message: t('common.required') }
  return (
    <>
      <Button
        type="primary"
        icon={<PlusOutlined />}
        onClick={() => {
          add.reset()
          setOpen(true)
        }}
      >
        {t('settings.users.add')}
      </Button>
      <Modal
        open={open}
        title={t('settings.users.add')}
        okText={t('settings.users.add')}
        cancelText={t('common.cancel')}
        confirmLoading={add.isPending}
        destroyOnHidden
        onCancel={() => {
          setOpen(false)
        }}
        okButtonProps={{ htmlType: 'submit', form: 'new-user' }}
        afterOpenChange={(shown) => {
          setClosed(!shown)
          if (shown) (form.getFieldInstance('name') as HTMLElement | undefined)?.focus()
        }}
      >
        <Form<NewUser>
          form={form}
          id="new-user"
          layout="vertical"
          preserve={false}
          initialValues={{ role: 'marketer', language: 'vi' }}
          onFinish={(values) => {
            add.mutate(values, {
              onSuccess: (made) => {
                setOpen(false)
                if (made.link) setLink(made.link)
                else void message.success(t('settings.users.addedKnown', { name: made.user.name }))
              },
            })
          }}
        >
          <Form.Item name="name" label={t('settings.users.name')} rules={[required]}>
            <Input maxLength={100} autoComplete="off" />
          </Form.Item>
          <Form.Item
            name="email"
            label={t('settings.users.email')}
            rules={[required, { type: 'email', message: t('settings.users.emailWrong') }]}
          >
            <Input maxLength={254} inputMode="email" autoComplete="off" />
          </Form.Item>
          <Form.Item name="role" label={t('settings.users.role')}>
            <Select
              options={roles.map((r) => ({
                value: r,
                label: t(`settings.role.${r}`),
                hint: t(`settings.roleHint.${r}`),
              }))}
              optionRender={(o) => (
                <div style={{ whiteSpace: 'normal' }}>
                  <strong>{o.label}</strong>
                  <div>{(o.data as { hint: string }).hint}</div>
                </div>
              )}
            />
          </Form.Item>
          <Form.Item name="language" label={t('settings.users.language')}>
            <Select
              options={[
                { value: 'vi', label: 'Tiếng Việt' },
                { value: 'en', label: 'English' },
              ]}
            />
          </Form.Item>
          {rest !== undefined && <Failure error={rest} />}
        </Form>
      </Modal>
      <OneTime
        title={t('settings.users.linkTitle')}
        hint={t('settings.users.linkHint')}
        label={t('settings.users.link')}
        secret={closed ? link : undefined}
        onClose={() => {
          setLink(undefined)
        }}
      />
    </>
  )
}
