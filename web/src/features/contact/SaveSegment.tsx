import { App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Condition } from '@/components/condition'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { useCreateSegment } from './api'

/** Keeps the conditions of the list as a segment under a name. */
export function SaveSegment({ condition, onSaved }: { condition: Condition; onSaved: (id: number) => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<{ name: string }>()
  const create = useCreateSegment()
  const rest = useFormProblems(form, create.error)
  return (
    <>
      <Button
        size="small"
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(true)
        }}
      >
        {t('contacts.saveSegment')}
      </Button>
      <Modal
        open={open}
        title={t('contacts.saveSegment')}
        okText={t('common.save')}
        cancelText={t('common.cancel')}
        confirmLoading={create.isPending}
        destroyOnHidden
        onOk={() => {
          form.submit()
        }}
        onCancel={() => {
          setOpen(false)
        }}
        afterOpenChange={(shown) => {
          if (shown) (form.getFieldInstance('name') as HTMLElement | undefined)?.focus()
        }}
        afterClose={() => {
          create.reset()
        }}
      >
        <Form
          form={form}
          layout="vertical"
          preserve={false}
          onFinish={({ name }) => {
            create.mutate(
              { name: name.trim(), condition },
              {
                onSuccess: (made) => {
                  setOpen(false)
                  void message.success(t('common.saved'))
                  onSaved(made.id)
                },
              },
            )
          }}
        >
          {rest !== undefined && <Failure error={rest} />}
          <Form.Item
            name="name"
            label={t('contacts.segmentName')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input maxLength={200} autoComplete="off" />
          </Form.Item>
        </Form>
      </Modal>
    </>
  )
}
