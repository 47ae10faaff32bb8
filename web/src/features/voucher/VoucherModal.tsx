import { DatePicker, Form, Input, Modal } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'

import { useSaveVoucher, type Voucher } from './api'

interface Values {
  name: string
  worth?: string
  description?: string
  valid_from?: Dayjs
  valid_until?: Dayjs
}

/** Makes a voucher or changes what is said about it. Times are typed in the workspace's zone. */
export function VoucherModal(props: {
  voucher?: Voucher
  zone: string
  open: boolean
  onClose: () => void
  onSaved?: (voucher: Voucher) => void
}) {
  const { t } = useTranslation()
  const { voucher, zone, open, onClose, onSaved } = props
  const [form] = Form.useForm<Values>()
  const save = useSaveVoucher(voucher?.id)
  const lost = useFormProblems(form, save.error)
  // The picker knows no zones: the clock's hands are moved there and back.
  const shown = (at?: string) => (at ? dayjs(dayjs(at).tz(zone).format('YYYY-MM-DDTHH:mm')) : undefined)
  const meant = (at?: Dayjs | null) => (at ? dayjs.tz(at.format('YYYY-MM-DDTHH:mm'), zone).toISOString() : undefined)
  return (
    <Modal
      open={open}
      title={voucher ? t('vouchers.edit') : t('vouchers.new')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={save.isPending}
      destroyOnHidden
      onCancel={() => {
        save.reset()
        onClose()
      }}
      onOk={() => {
        form.submit()
      }}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={
          voucher && { ...voucher, valid_from: shown(voucher.valid_from), valid_until: shown(voucher.valid_until) }
        }
        onFinish={({ name, worth, description, valid_from, valid_until }) => {
          save.mutate(
            { name, worth, description, valid_from: meant(valid_from), valid_until: meant(valid_until) },
            {
              onSuccess: (saved) => {
                onClose()
                onSaved?.(saved)
              },
            },
          )
        }}
      >
        <Form.Item
          name="name"
          label={t('vouchers.name')}
          extra={t('vouchers.nameHint')}
          rules={[{ required: true, message: t('common.required') }]}
        >
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="worth" label={t('vouchers.worth')} extra={t('vouchers.worthHint')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="valid_from" label={t('vouchers.validFrom')}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="DD/MM/YYYY HH:mm" placeholder={t('vouchers.always')} />
        </Form.Item>
        <Form.Item name="valid_until" label={t('vouchers.validUntil')}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="DD/MM/YYYY HH:mm" placeholder={t('vouchers.always')} />
        </Form.Item>
        <Form.Item name="description" label={t('vouchers.description')}>
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
      </Form>
      {lost !== undefined && <Failure error={lost} />}
    </Modal>
  )
}
