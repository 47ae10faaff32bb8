import { App, Button, Form, Input, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'

import { useUpdateWorkspace, type Workspace } from './api'
import { ZoneSelect } from './ZoneSelect'

interface Fields {
  name: string
  timezone: string
}

/** Name and zone of the workspace. */
export function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const [dirty, setDirty] = useState(false)
  const save = useUpdateWorkspace()
  const may = useCan()('owner')
  const rest = useFormProblems(form, save.error)
  useLeaveGuard(dirty)
  return (
    <Form
      form={form}
      layout="vertical"
      className="settings-form"
      disabled={!may}
      initialValues={{ name: workspace.name, timezone: workspace.timezone }}
      onValuesChange={() => {
        setDirty(true)
      }}
      onFinish={(values) => {
        save.mutate(values, {
          onSuccess: () => {
            setDirty(false)
            void message.success(t('common.saved'))
          },
        })
      }}
    >
      <Form.Item
        name="name"
        label={t('settings.workspace.name')}
        extra={t('settings.workspace.nameHint')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input maxLength={100} autoComplete="organization" />
      </Form.Item>
      <Form.Item name="timezone" label={t('settings.workspace.zone')} extra={t('settings.workspace.zoneHint')}>
        <ZoneSelect />
      </Form.Item>
      <Form.Item
        label={t('settings.workspace.currency')}
        htmlFor="currency"
        extra={t('settings.workspace.currencyHint')}
      >
        <Input id="currency" readOnly value={t('settings.workspace.vnd')} />
      </Form.Item>
      {rest !== undefined && <Failure error={rest} />}
      {may ? (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      ) : (
        <Typography.Text type="secondary">{t('settings.ownersOnly')}</Typography.Text>
      )}
    </Form>
  )
}
