import { App, Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { useChangePassword } from './api'

interface Fields {
  current?: string
  password: string
  again: string
}

/** Changes one's own password; all other sessions end. `free` = no old password is asked for. */
export function Password({ free }: { free: boolean }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const change = useChangePassword()
  const rest = useFormProblems(form, change.error)
  const required = { required: true, message: t('common.required') }
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      className="settings-form"
      onFinish={({ current, password }) => {
        change.mutate(
          { current, password },
          {
            onSuccess: () => {
              form.resetFields()
              void message.success(t('settings.account.passwordSet'))
            },
          },
        )
      }}
    >
      {!free && (
        <Form.Item name="current" label={t('settings.account.current')} rules={[required]}>
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
      )}
      <Form.Item
        name="password"
        label={t('settings.account.password')}
        extra={t('settings.account.passwordHint')}
        rules={[required, { min: 10, message: t('settings.account.passwordShort') }]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('settings.account.again')}
        dependencies={['password']}
        rules={[
          required,
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              !value || value === getFieldValue('password')
                ? Promise.resolve()
                : Promise.reject(new Error(t('settings.account.differs'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      {rest !== undefined && <Failure error={rest} />}
      <Button type="primary" htmlType="submit" loading={change.isPending}>
        {t('settings.account.change')}
      </Button>
    </Form>
  )
}
