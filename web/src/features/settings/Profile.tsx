import { App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Session } from '@/api/session'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'
import { type Language, setLanguage } from '@/i18n'

import { useUpdateProfile } from './api'

/** One's own name and language. */
export function Profile({ user }: { user: Session['user'] }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ name: string; language: Language }>()
  const [dirty, setDirty] = useState(false)
  const save = useUpdateProfile()
  const rest = useFormProblems(form, save.error)
  useLeaveGuard(dirty)
  return (
    <Form
      form={form}
      layout="vertical"
      className="settings-form"
      initialValues={{ name: user.name, language: user.language }}
      onValuesChange={() => {
        setDirty(true)
      }}
      onFinish={(values) => {
        save.mutate(values, {
          onSuccess: () => {
            setDirty(false)
            void setLanguage(values.language)
            void message.success(t('common.saved'))
          },
        })
      }}
    >
      <Form.Item label={t('settings.users.email')} htmlFor="own-email" extra={t('settings.account.emailHint')}>
        <Input id="own-email" readOnly value={user.email} />
      </Form.Item>
      <Form.Item
        name="name"
        label={t('settings.users.name')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input maxLength={100} autoComplete="name" />
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
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t('common.save')}
      </Button>
    </Form>
  )
}
