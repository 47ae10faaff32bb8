import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Form, Input, Modal, Progress, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import {
  type Bulk,
  type BulkForm,
  bulkQuery,
  type ContactFilter,
  isOver,
  listsQuery,
  tagsQuery,
  useCancelBulk,
  useCreateList,
  useRefresh,
  useStartBulk,
} from './api'

interface Values {
  tags?: string[]
  list_id?: number
  name?: string
}

interface BulkDialogProps {
  action: BulkForm['action']
  people: number
  who: { ids: number[] } | { filter: ContactFilter }
  onClose: () => void
  /** The change is over; the choice of people has served. */
  onDone: () => void
}

/** Asks for tags or a list, starts the change and shows how far it is. */
export function BulkDialog({ action, people, who, onClose, onDone }: BulkDialogProps) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(true)
  const [form] = Form.useForm<Values>()
  const start = useStartBulk()
  const create = useCreateList()
  const rest = useFormProblems(form, start.error ?? create.error)
  const tagging = action === 'tag' || action === 'untag'
  const submit = async ({ tags, list_id, name }: Values) => {
    const list = name?.trim() ? (await create.mutateAsync(name.trim())).id : list_id
    await start.mutateAsync({ action, ...who, ...(tagging ? { tags } : { list_id: list }) })
  }
  const bulk = start.data
  return (
    <Modal
      open={shown}
      title={t(`contacts.bulk.${action}`)}
      onCancel={() => {
        setShown(false)
      }}
      afterClose={() => {
        onClose()
        if (bulk) onDone()
      }}
      afterOpenChange={(open) => {
        if (open) (form.getFieldInstance(tagging ? 'tags' : 'list_id') as HTMLElement | undefined)?.focus()
      }}
      footer={
        bulk ? (
          <Button
            type="primary"
            onClick={() => {
              setShown(false)
            }}
          >
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button
              onClick={() => {
                setShown(false)
              }}
            >
              {t('common.cancel')}
            </Button>
            <Button
              type="primary"
              loading={start.isPending || create.isPending}
              onClick={() => {
                form.submit()
              }}
            >
              {t(`contacts.bulk.do_${action}`, { count: people })}
            </Button>
          </>
        )
      }
    >
      {bulk ? (
        <Running first={bulk} />
      ) : (
        <Form<Values>
          form={form}
          layout="vertical"
          onFinish={(values) => {
            submit(values).catch(() => undefined) // shown by the mutations
          }}
        >
          {rest !== undefined && (
            <div style={{ marginBottom: 12 }}>
              <Failure error={rest} />
            </div>
          )}
          {tagging ? <TagField action={action} /> : <ListFields action={action} />}
        </Form>
      )}
    </Modal>
  )
}

function TagField({ action }: { action: BulkForm['action'] }) {
  const { t } = useTranslation()
  const tags = useQuery(tagsQuery)
  return (
    <Form.Item
      name="tags"
      label={t('contacts.field.tags')}
      rules={[{ required: true, message: t('common.required') }]}
      extra={action === 'tag' ? t('contacts.bulk.tagHint') : undefined}
    >
      <Select
        mode={action === 'tag' ? 'tags' : 'multiple'}
        tokenSeparators={[',', ';']}
        maxCount={20}
        loading={tags.isPending}
        options={(tags.data ?? []).map((tag) => ({ value: tag.name, label: tag.name }))}
      />
    </Form.Item>
  )
}

function ListFields({ action }: { action: BulkForm['action'] }) {
  const { t } = useTranslation()
  const lists = useQuery(listsQuery)
  const name = Form.useWatch('name') as string | undefined
  return (
    <>
      <Form.Item
        name="list_id"
        label={t('contacts.bulk.list')}
        extra={t('contacts.bulk.listHint')}
        rules={[{ required: !name?.trim(), message: t('common.required') }]}
      >
        <Select
          allowClear
          disabled={Boolean(name?.trim())}
          showSearch={{ optionFilterProp: 'label' }}
          loading={lists.isPending}
          notFoundContent={t('contacts.bulk.noLists')}
          options={(lists.data ?? []).map((s) => ({ value: s.id, label: s.name }))}
        />
      </Form.Item>
      {action === 'list_add' && (
        <Form.Item name="name" label={t('contacts.bulk.newList')}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
      )}
    </>
  )
}

function Running({ first }: { first: Bulk }) {
  const { t } = useTranslation()
  const answer = useQuery({ ...bulkQuery(first.id), initialData: first, enabled: !isOver(first) })
  const cancel = useCancelBulk()
  const refresh = useRefresh()
  const b = answer.data
  const over = isOver(b)
  useEffect(() => {
    if (over && !isOver(first)) void refresh()
    // When the change ends, what the page shows is old; refresh itself is made anew by every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [over])
  if (answer.isError) return <Failure error={answer.error} retry={() => void answer.refetch()} />
  return (
    <Flex vertical gap={12}>
      <Progress
        percent={b.total > 0 ? Math.min(100, Math.floor((100 * b.done) / b.total)) : 100}
        status={b.state === 'failed' ? 'exception' : over ? 'success' : 'active'}
        aria-label={t('contacts.bulk.progress')}
      />
      <div role="status">
        {b.state === 'finished' && t('contacts.bulk.finished', { count: b.changed, done: b.done })}
        {b.state === 'cancelled' && t('contacts.bulk.cancelled', { count: b.changed })}
        {b.state === 'failed' && t('contacts.bulk.failed', { count: b.changed, code: b.error })}
        {!over && t('contacts.bulk.running', { count: b.total, done: b.done })}
      </div>
      {!over && (
        <Flex gap={8} align="center" wrap>
          <small>{t('contacts.bulk.goesOn')}</small>
          <Button
            size="small"
            loading={cancel.isPending}
            onClick={() => {
              cancel.mutate(b.id, { onSettled: () => void answer.refetch() })
            }}
          >
            {t('contacts.bulk.stop')}
          </Button>
        </Flex>
      )}
    </Flex>
  )
}
