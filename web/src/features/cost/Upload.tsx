import { UploadOutlined } from '@ant-design/icons'
import { Button, Collapse, DatePicker, Flex, Form, Input, Typography, Upload as Chooser } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { Problem } from '@/api/problem'

import { type Invoice, useImportInvoice } from './api'

interface Values {
  month?: Dayjs
  id_column?: string
  key_column?: string
  amount_column?: string
  phone_column?: string
}

const columns = ['id_column', 'key_column', 'amount_column', 'phone_column'] as const

/** Brings a bill in; `onDone` gets it with what was found so far. */
export function Upload({ connection, onDone }: { connection: number; onDone: (made: Invoice) => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Values>()
  const [file, setFile] = useState<File>()
  const [wanting, setWanting] = useState(false)
  const [open, setOpen] = useState(false)
  const send = useImportInvoice(connection)
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={({ month, ...values }) => {
        if (!file) setWanting(true)
        if (!file || !month) return
        send.mutate(
          { ...values, month: month.format('YYYY-MM'), file },
          {
            onSuccess: (made) => {
              setFile(undefined)
              setWanting(false)
              form.resetFields()
              setOpen(false)
              onDone(made)
            },
            onError: (error) => {
              if (error instanceof Problem && error.code === 'invoice.columns_missing') setOpen(true)
            },
          },
        )
      }}
    >
      <Flex gap={12} wrap align="start">
        <Form.Item name="month" label={t('costs.month')} rules={[{ required: true, message: t('common.required') }]}>
          <DatePicker picker="month" format="MM/YYYY" placeholder="MM/YYYY" style={{ width: 140 }} />
        </Form.Item>
        <Form.Item
          label={t('costs.file')}
          htmlFor="invoice-file"
          validateStatus={wanting && !file ? 'error' : undefined}
          help={wanting && !file ? t('common.required') : undefined}
        >
          <Chooser
            id="invoice-file"
            accept=".csv,.txt,text/csv"
            maxCount={1}
            showUploadList={false}
            beforeUpload={(chosen) => {
              setFile(chosen)
              send.reset()
              return Chooser.LIST_IGNORE
            }}
          >
            <Button icon={<UploadOutlined aria-hidden />}>{t('costs.choose')}</Button>
          </Chooser>
          {file && (
            <div style={{ overflowWrap: 'anywhere', maxWidth: 320 }} role="status">
              {file.name}
            </div>
          )}
        </Form.Item>
        <Form.Item label=" " colon={false}>
          <Button type="primary" htmlType="submit" loading={send.isPending}>
            {t('costs.import')}
          </Button>
        </Form.Item>
      </Flex>
      <Collapse
        ghost
        size="small"
        activeKey={open ? ['columns'] : []}
        onChange={(keys) => {
          setOpen(keys.length > 0)
        }}
        items={[
          {
            key: 'columns',
            label: t('costs.columns'),
            forceRender: true,
            children: (
              <>
                <Typography.Paragraph type="secondary">{t('costs.columnsHint')}</Typography.Paragraph>
                <Flex gap={12} wrap>
                  {columns.map((name) => (
                    <Form.Item key={name} name={name} label={t(`costs.column.${name}`)}>
                      <Input maxLength={100} />
                    </Form.Item>
                  ))}
                </Flex>
              </>
            ),
          },
        ]}
      />
      {send.isError && <Failure error={send.error} />}
    </Form>
  )
}
