import { useQuery } from '@tanstack/react-query'
import { Alert, Form, Radio, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatNumber } from '@/lib/format'

import type { EditorProps } from '../editors'
import { Choice } from '../parts/Choice'
import { voucherQuery, vouchersQuery } from './api'
import type { VoucherContent } from './content'

/** Which voucher people get a code of, and what happens when there is none. */
export function VoucherEditor({ value, onChange, problems }: EditorProps<VoucherContent>) {
  const { t, i18n } = useTranslation()
  const list = useQuery(vouchersQuery)
  const chosen = useQuery(voucherQuery(value.voucher_id))
  const number = (n: number) => formatNumber(n, i18n.language)
  const options = (list.data ?? [])
    .filter((v) => !v.closed_at || v.id === value.voucher_id)
    .map((v) => ({ value: v.id, label: t('voucherEditor.option', { name: v.name, free: number(v.counts.free) }) }))
  if (value.voucher_id > 0 && !options.some((o) => o.value === value.voucher_id))
    options.unshift({ value: value.voucher_id, label: chosen.data?.name ?? `#${value.voucher_id}` })
  const shown = value.voucher_id > 0 ? chosen.data : undefined
  return (
    <Form layout="vertical" component="div">
      <Typography.Paragraph type="secondary">{t('voucherEditor.lead')}</Typography.Paragraph>
      <Choice<number>
        path="voucher_id"
        label={t('voucherEditor.voucher')}
        hint={t('voucherEditor.hint')}
        required
        value={value.voucher_id || undefined}
        loading={list.isPending}
        placeholder={t('voucherEditor.placeholder')}
        empty={t('voucherEditor.none')}
        problem={problems?.voucher_id}
        options={options}
        onChange={(voucher_id) => {
          onChange({ ...value, voucher_id })
        }}
      />
      {chosen.isError && value.voucher_id > 0 && (
        <Alert type="error" showIcon title={t('voucherEditor.gone')} style={{ marginBottom: 16 }} />
      )}
      {shown?.closed_at && (
        <Alert type="warning" showIcon title={t('voucherEditor.closed')} style={{ marginBottom: 16 }} />
      )}
      <Form.Item label={t('voucherEditor.empty')} htmlFor="voucher-wait">
        <Radio.Group
          id="voucher-wait"
          aria-label={t('voucherEditor.empty')}
          value={value.wait ? 'wait' : 'fail'}
          options={[
            { value: 'fail', label: t('voucherEditor.fail') },
            { value: 'wait', label: t('voucherEditor.wait') },
          ]}
          vertical
          onChange={(e) => {
            onChange({ ...value, wait: e.target.value === 'wait' || undefined })
          }}
        />
      </Form.Item>
      {value.voucher_id > 0 && (
        <Typography.Paragraph type="secondary">
          {t('voucherEditor.variable')} <code>{`{{ voucher.code_${value.voucher_id} }}`}</code>
        </Typography.Paragraph>
      )}
    </Form>
  )
}
