import { Alert, Button, Card, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { useRedeem } from './api'

/** Checks a code at the counter and notes it as used. */
export function Redeem() {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ code: string; reference: string }>()
  const redeem = useRedeem()
  const lost = useFormProblems(form, redeem.error)
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Card title={<h2 className="card-title">{t('vouchers.redeem')}</h2>}>
      <p>{t('vouchers.redeemHint')}</p>
      <Form
        form={form}
        layout="inline"
        onFinish={(values) => {
          redeem.mutate(values, {
            onSuccess: () => {
              form.resetFields()
            },
          })
        }}
      >
        <Form.Item name="code" label={t('vouchers.code')} rules={required}>
          <Input autoComplete="off" maxLength={200} />
        </Form.Item>
        <Form.Item name="reference" label={t('vouchers.reference')} rules={required}>
          <Input autoComplete="off" maxLength={200} />
        </Form.Item>
        <Button htmlType="submit" loading={redeem.isPending}>
          {t('vouchers.redeem')}
        </Button>
      </Form>
      <div style={{ marginTop: 12 }}>
        {lost !== undefined && <Failure error={lost} />}
        {redeem.data && (
          <Alert
            role="status"
            showIcon
            type={redeem.data.again ? 'info' : 'success'}
            title={
              redeem.data.again
                ? t('vouchers.redeemAgain')
                : t('vouchers.redeemDone', { worth: redeem.data.worth || redeem.data.name })
            }
          />
        )}
      </div>
    </Card>
  )
}
