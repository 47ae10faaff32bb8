import { Button, Form, Input } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import { Failure } from '@/components/ui/Faces'

import { type SetupForm as Values, useSetup } from './api'

const fields = ['token', 'workspace', 'name', 'email', 'password'] as const

/** Makes the first owner and the first workspace. The token proves that the person can read the server's console. */
export function SetupForm({ token }: { token: string }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Values>()
  const setup = useSetup()
  const required = { required: true, message: t('session.required') }

  useEffect(() => {
    if (!(setup.error instanceof Problem)) return
    const named = setup.error.errors.flatMap((e) => {
      const name = fields.find((f) => e.path === f || e.path === `body.${f}`)
      return name ? [{ name, errors: [e.detail] }] : []
    })
    form.setFields(named)
  }, [setup.error, form])

  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ token }}
      onFinish={(values) => {
        setup.mutate({ ...values, token: (values.token || token).trim() })
      }}
    >
      {!token && (
        <Form.Item name="token" label={t('session.setupToken')} extra={t('session.setupTokenHint')} rules={[required]}>
          <Input autoComplete="off" size="large" />
        </Form.Item>
      )}
      <Form.Item
        name="workspace"
        label={t('session.workspaceName')}
        extra={t('session.workspaceHint')}
        rules={[required]}
      >
        <Input autoComplete="organization" size="large" autoFocus maxLength={100} />
      </Form.Item>
      <Form.Item name="name" label={t('session.name')} rules={[required]}>
        <Input autoComplete="name" size="large" maxLength={100} />
      </Form.Item>
      <Form.Item
        name="email"
        label={t('session.email')}
        rules={[required, { type: 'email', message: t('session.emailInvalid') }]}
      >
        <Input type="email" autoComplete="username" size="large" />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('session.password')}
        extra={t('session.passwordHint')}
        rules={[required, { min: 10, message: t('session.passwordShort') }]}
      >
        <Input.Password autoComplete="new-password" size="large" />
      </Form.Item>
      {setup.isError && (
        <Form.Item>
          <Failure error={setup.error} />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={setup.isPending}>
        {t('session.setupSubmit')}
      </Button>
    </Form>
  )
}
