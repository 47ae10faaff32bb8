import { Alert, App, Button, Form, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { useResolve } from './api'

interface Decision {
  sent: boolean
  reason: string
}

/** Says that the outcome of some messages is not known, shows them, and lets a person decide who knows better. */
export function Unknowns(props: { campaign: number; count: number; may: boolean; onOpen: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { campaign, count, may, onOpen } = props
  const [asking, setAsking] = useState(false)
  const [form] = Form.useForm<Decision>()
  const resolve = useResolve(campaign)
  const lost = useFormProblems(form, resolve.error)
  if (count === 0 && !asking) return null
  const close = () => {
    setAsking(false)
    resolve.reset()
  }
  return (
    <>
      <Alert
        type="warning"
        showIcon
        title={t('unknowns.title', { count })}
        description={t('unknowns.text')}
        action={
          <>
            <Button size="small" onClick={onOpen}>
              {t('unknowns.show')}
            </Button>{' '}
            {may && (
              <Button
                size="small"
                onClick={() => {
                  setAsking(true)
                }}
              >
                {t('unknowns.decide')}
              </Button>
            )}
          </>
        }
      />
      <Modal
        open={asking}
        title={t('unknowns.decideTitle', { count })}
        okText={t('unknowns.decide')}
        cancelText={t('common.cancel')}
        confirmLoading={resolve.isPending}
        destroyOnHidden
        onCancel={close}
        onOk={() => {
          void form
            .validateFields()
            .then((v) => {
              resolve.mutate(v, {
                onSuccess: (done) => {
                  close()
                  void message.success(t('unknowns.done', { count: done.resolved }))
                },
              })
            })
            .catch(() => undefined)
        }}
      >
        <Form form={form} layout="vertical" preserve={false}>
          <Form.Item name="sent" label={t('unknowns.what')} rules={[{ required: true, message: t('common.required') }]}>
            <Radio.Group
              options={[
                { value: true, label: t('unknowns.sent') },
                { value: false, label: t('unknowns.notSent') },
              ]}
            />
          </Form.Item>
          <Form.Item
            name="reason"
            label={t('unknowns.reason')}
            extra={t('unknowns.reasonHint')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} />
          </Form.Item>
        </Form>
        {lost !== undefined && <Failure error={lost} />}
      </Modal>
    </>
  )
}
