import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'

import { useSignIn } from './api'

/** Signs in with e-mail and password. */
export function LoginForm() {
  const { t } = useTranslation()
  const signIn = useSignIn()
  return (
    <Form<{ email: string; password: string }>
      layout="vertical"
      requiredMark={false}
      onFinish={(values) => {
        signIn.mutate(values)
      }}
    >
      <Form.Item name="email" label={t('session.email')} rules={[{ required: true, message: t('session.required') }]}>
        <Input type="email" autoComplete="username" autoFocus size="large" />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('session.password')}
        rules={[{ required: true, message: t('session.required') }]}
      >
        <Input.Password autoComplete="current-password" size="large" />
      </Form.Item>
      {signIn.isError && (
        <Form.Item>
          <Failure error={signIn.error} />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
        {t('session.signIn')}
      </Button>
    </Form>
  )
}
