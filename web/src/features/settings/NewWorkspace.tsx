import { App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { useCreateWorkspace } from './api'
import { ZoneSelect } from './ZoneSelect'

/** Makes another workspace for another brand; one goes there by the switch of the shell. */
export function NewWorkspace() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<{ name: string; timezone: string }>()
  const create = useCreateWorkspace()
  const rest = useFormProblems(form, create.error)
  return (
    <>
      <Button
        onClick={() => {
          setOpen(true)
        }}
      >
        {t('settings.workspace.another')}
      </Button>
      <Modal
        open={open}
        title={t('settings.workspace.another')}
        okText={t('settings.workspace.create')}
        cancelText={t('common.cancel')}
        confirmLoading={create.isPending}
        destroyOnHidden
        onCancel={() => {
          setOpen(false)
        }}
        okButtonProps={{ htmlType: 'submit', form: 'new-workspace' }}
        afterOpenChange={(shown) => {
          if (shown) (form.getFieldInstance('name') as HTMLElement | undefined)?.focus()
        }}
      >
        <p>{t('settings.workspace.anotherHint')}</p>
        <Form
          form={form}
          id="new-workspace"
          layout="vertical"
          preserve={false}
          initialValues={{ timezone: 'Asia/Ho_Chi_Minh' }}
          onFinish={(values) => {
            create.mutate(values, {
              onSuccess: (made) => {
                setOpen(false)
                void message.success(t('settings.workspace.created', { name: made.name }))
              },
            })
          }}
        >
          <Form.Item
            name="name"
            label={t('settings.workspace.name')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="timezone" label={t('settings.workspace.zone')}>
            <ZoneSelect />
          </Form.Item>
          {rest !== undefined && <Failure error={rest} />}
        </Form>
      </Modal>
    </>
  )
}
