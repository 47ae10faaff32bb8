import { UploadOutlined } from '@ant-design/icons'
import { Alert, Button, Form, Input, InputNumber, Modal, Tabs, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { type Added, useGenerate, useImportCodes } from './api'

/** Brings codes into a voucher: random ones, or those of another system. */
export function CodesModal({ id, open, onClose }: { id: number; open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const [added, setAdded] = useState<Added>()
  return (
    <Modal
      open={open}
      title={t('vouchers.addCodes')}
      footer={<Button onClick={onClose}>{t('common.close')}</Button>}
      destroyOnHidden
      afterClose={() => {
        setAdded(undefined)
      }}
      onCancel={onClose}
    >
      <Tabs
        items={[
          { key: 'generate', label: t('vouchers.generate'), children: <Generate id={id} onAdded={setAdded} /> },
          { key: 'import', label: t('vouchers.import'), children: <Import id={id} onAdded={setAdded} /> },
        ]}
      />
      {added && <Result added={added} />}
    </Modal>
  )
}

function Result({ added }: { added: Added }) {
  const { t } = useTranslation()
  return (
    <Alert
      role="status"
      showIcon
      type={added.bad > 0 ? 'warning' : 'success'}
      title={t('vouchers.added', { count: added.added })}
      description={
        <>
          {added.known > 0 && <div>{t('vouchers.known', { count: added.known })}</div>}
          {added.bad > 0 && (
            <div>
              {t('vouchers.bad', { count: added.bad, line: added.first_line ?? 0, text: added.first_bad ?? '' })}
            </div>
          )}
        </>
      }
    />
  )
}

function Generate({ id, onAdded }: { id: number; onAdded: (added: Added) => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ count: number; prefix?: string; length: number }>()
  const generate = useGenerate(id)
  const lost = useFormProblems(form, generate.error)
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={{ count: 1000, length: 8 }}
      onFinish={(values) => {
        generate.mutate(values, { onSuccess: onAdded })
      }}
    >
      <Form.Item name="count" label={t('vouchers.count')} rules={[{ required: true, message: t('common.required') }]}>
        <InputNumber min={1} max={100000} style={{ width: 160 }} />
      </Form.Item>
      <Form.Item name="prefix" label={t('vouchers.prefix')}>
        <Input maxLength={20} placeholder="TET-" style={{ width: 160 }} />
      </Form.Item>
      <Form.Item name="length" label={t('vouchers.length')}>
        <InputNumber min={6} max={32} style={{ width: 160 }} />
      </Form.Item>
      {lost !== undefined && (
        <Form.Item>
          <Failure error={lost} />
        </Form.Item>
      )}
      <Form.Item>
        <Button type="primary" htmlType="submit" loading={generate.isPending}>
          {t('vouchers.generateDo')}
        </Button>
      </Form.Item>
    </Form>
  )
}

function Import({ id, onAdded }: { id: number; onAdded: (added: Added) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const codes = useImportCodes(id)
  return (
    <>
      <p>{t('vouchers.importHint')}</p>
      <Upload
        accept=".csv,.txt,text/plain,text/csv"
        maxCount={1}
        showUploadList={false}
        beforeUpload={(file) => {
          codes.mutate(file, { onSuccess: onAdded })
          return false
        }}
      >
        <Button icon={<UploadOutlined />} loading={codes.isPending}>
          {t('vouchers.importFile')}
        </Button>
      </Upload>
      <Input.TextArea
        rows={5}
        value={text}
        aria-label={t('vouchers.importText')}
        placeholder={t('vouchers.importText')}
        style={{ margin: '12px 0', fontFamily: 'monospace' }}
        onChange={(e) => {
          setText(e.target.value)
        }}
      />
      {codes.isError && <Failure error={codes.error} />}
      <Button
        type="primary"
        disabled={!text.trim()}
        loading={codes.isPending}
        style={{ marginBottom: 16 }}
        onClick={() => {
          codes.mutate(text, {
            onSuccess: (added) => {
              setText('')
              onAdded(added)
            },
          })
        }}
      >
        {t('vouchers.importDo')}
      </Button>
    </>
  )
}
