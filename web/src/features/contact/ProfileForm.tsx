import { useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Flex, Form } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import { useCan } from '@/api/session'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'

import { attributesQuery, type Contact, contactQuery, useUpdate } from './api'
import { ContactFields } from './ContactFields'
import { changeOf, type Values, valuesOf } from './values'

/** The fields of one person. Only what was changed is sent, with the version that was read, so that nobody's work is lost without a word. */
export function ProfileForm({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const may = useCan()('care')
  const [form] = Form.useForm<Values>()
  const attributes = useQuery(attributesQuery).data ?? []
  const latest = useQuery({ ...contactQuery(contact.id), enabled: false })
  // While something is typed: the person as the form was filled from, so that a newer one from the server does not touch it.
  const [typedOn, setTypedOn] = useState<Contact>()
  const base = typedOn ?? contact
  const dirty = typedOn !== undefined
  const update = useUpdate(contact.id)
  const conflict = update.error instanceof Problem && update.error.code === 'contact.changed'
  const rest = useFormProblems(form, conflict ? undefined : update.error)
  useLeaveGuard(dirty)
  const changes = () => changeOf(form.getFieldsValue(true) as Values, valuesOf(base), attributes)
  useEffect(() => {
    // Tags, addresses or consent changed beside the form: it follows while nobody types.
    if (!dirty) form.setFieldsValue(valuesOf(contact))
  }, [contact, dirty, form])
  const takeOver = async () => {
    const mine: Values = changes()
    const { data } = await latest.refetch()
    if (!data) return
    update.reset()
    const values = valuesOf(data)
    form.setFieldsValue({ ...values, ...mine, attrs: { ...values.attrs, ...mine.attrs } })
    setTypedOn(data)
  }
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      disabled={!may}
      initialValues={valuesOf(contact)}
      onValuesChange={() => {
        setTypedOn(Object.keys(changes()).length > 0 ? base : undefined)
      }}
      onFinish={() => {
        update.mutate(
          { ...changes(), version: base.updated_at },
          {
            onSuccess: () => {
              setTypedOn(undefined)
              void message.success(t('common.saved'))
            },
          },
        )
      }}
    >
      {conflict && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          style={{ marginBottom: 12 }}
          title={t('contacts.conflict')}
          description={t('contacts.conflictHint')}
          action={
            <Button size="small" onClick={() => void takeOver()}>
              {t('contacts.takeOver')}
            </Button>
          }
        />
      )}
      {rest !== undefined && (
        <div style={{ marginBottom: 12 }}>
          <Failure error={rest} />
        </div>
      )}
      <ContactFields attributes={attributes} />
      {may && (
        <Flex gap={8} wrap>
          <Button type="primary" htmlType="submit" loading={update.isPending} disabled={!dirty}>
            {t('common.save')}
          </Button>
          {dirty && (
            <Button
              onClick={() => {
                update.reset()
                setTypedOn(undefined)
              }}
            >
              {t('contacts.undo')}
            </Button>
          )}
        </Flex>
      )}
    </Form>
  )
}
