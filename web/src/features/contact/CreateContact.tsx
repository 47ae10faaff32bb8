import { Button, Drawer, Flex, Form } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { attributesQuery, type Contact, useCreate } from './api'
import { ContactFields } from './ContactFields'
import { changeOf, type Values } from './values'

/** The drawer in which one person is entered by hand. */
export function CreateContact({ onClose, onCreated }: { onClose: () => void; onCreated: (c: Contact) => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Values>()
  const [shown, setShown] = useState(true)
  const attributes = useQuery(attributesQuery)
  const create = useCreate()
  const rest = useFormProblems(form, create.error)
  return (
    <Drawer
      open={shown}
      title={t('contacts.create')}
      size={620}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={() => {
        setShown(false)
      }}
      afterOpenChange={(open) => {
        if (open) (form.getFieldInstance('name') as HTMLElement | undefined)?.focus()
        else onClose()
      }}
      footer={
        <Flex justify="end" gap={8}>
          <Button
            onClick={() => {
              setShown(false)
            }}
          >
            {t('common.cancel')}
          </Button>
          <Button
            type="primary"
            loading={create.isPending}
            onClick={() => {
              form.submit()
            }}
          >
            {t('common.save')}
          </Button>
        </Flex>
      }
    >
      <p style={{ marginTop: 0 }}>{t('contacts.createHint')}</p>
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={(values) => {
          create.mutate(changeOf(values, {}, attributes.data ?? []), { onSuccess: onCreated })
        }}
      >
        {rest !== undefined && (
          <div style={{ marginBottom: 12 }}>
            <Failure error={rest} />
          </div>
        )}
        <ContactFields attributes={attributes.data ?? []} />
        <button type="submit" hidden />
      </Form>
    </Drawer>
  )
}
