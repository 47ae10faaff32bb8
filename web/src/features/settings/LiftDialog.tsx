import { App, Alert, Flex, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { type Suppression, useLift } from './api'

/** Asks why an address may be used again, and takes it off the list. */
export function LiftDialog({ entry, onClose }: { entry?: Suppression; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ reason: string }>()
  const lift = useLift()
  const rest = useFormProblems(form, lift.error)
  return (
    <Modal
      open={Boolean(entry)}
      title={t('settings.suppressions.liftTitle', { address: entry?.hint })}
      okText={t('settings.suppressions.lift')}
      okButtonProps={{ danger: true }}
      cancelText={t('common.cancel')}
      confirmLoading={lift.isPending}
      destroyOnHidden
      afterOpenChange={(shown) => {
        if (shown) (form.getFieldInstance('reason') as HTMLElement | undefined)?.focus()
      }}
      afterClose={() => {
        lift.reset()
      }}
      onCancel={onClose}
      onOk={() => {
        form.submit()
      }}
    >
      <Flex vertical gap={12}>
        <Alert type="warning" showIcon title={t('settings.suppressions.liftText')} />
        <Form
          form={form}
          layout="vertical"
          preserve={false}
          onFinish={({ reason }) => {
            if (!entry) return
            lift.mutate(
              { id: entry.id, reason },
              {
                onSuccess: () => {
                  onClose()
                  void message.success(t('settings.suppressions.liftedDone'))
                },
              },
            )
          }}
        >
          <Form.Item
            name="reason"
            label={t('settings.suppressions.liftReason')}
            extra={t('settings.suppressions.noteHint')}
            rules={[{ required: true, whitespace: true, min: 3, message: t('common.required') }]}
          >
            <Input.TextArea maxLength={200} rows={2} />
          </Form.Item>
        </Form>
        {rest !== undefined && <Failure error={rest} />}
      </Flex>
    </Modal>
  )
}
