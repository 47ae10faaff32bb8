import { Alert, App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'

import { useSetPassword } from './api'

/** Offers who came by a link, or has no password, to set one. */
export function PasswordOffer() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<{ password: string }>()
  const save = useSetPassword()
  return (
    <>
      <Alert
        type="info"
        showIcon
        banner
        title={t('session.setPasswordHint')}
        action={
          <Button
            size="small"
            onClick={() => {
              setOpen(true)
            }}
          >
            {t('session.setPassword')}
          </Button>
        }
      />
      <Modal
        open={open}
        title={t('session.setPassword')}
        okText={t('session.setPassword')}
        cancelText={t('common.cancel')}
        confirmLoading={save.isPending}
        destroyOnHidden
        onCancel={() => {
          setOpen(false)
        }}
        onOk={() => {
          form.submit()
        }}
      >
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          onFinish={({ password }) => {
            save.mutate(password, {
              onSuccess: () => {
                setOpen(false)
                void message.success(t('session.passwordSet'))
              },
            })
          }}
        >
          <Form.Item
            name="password"
            label={t('session.newPassword')}
            extra={t('session.passwordHint')}
            rules={[
              { required: true, message: t('session.required') },
              { min: 10, message: t('session.passwordShort') },
            ]}
          >
            <Input.Password autoComplete="new-password" autoFocus />
          </Form.Item>
          {save.isError && <Failure error={save.error} />}
        </Form>
      </Modal>
    </>
  )
}
