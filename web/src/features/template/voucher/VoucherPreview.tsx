import { useQuery } from '@tanstack/react-query'
import { Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatNumber } from '@/lib/format'

import type { EditorProps } from '../editors'
import { voucherQuery } from './api'
import type { VoucherContent } from './content'

/** The step in words. */
export function VoucherPreview({ value }: EditorProps<VoucherContent>) {
  const { t, i18n } = useTranslation()
  const chosen = useQuery(voucherQuery(value.voucher_id))
  if (value.voucher_id < 1) return <Typography.Text type="secondary">{t('voucherEditor.previewEmpty')}</Typography.Text>
  const name = chosen.data?.name ?? `#${value.voucher_id}`
  return (
    <Flex vertical gap={8}>
      <Typography.Text>{t('voucherEditor.words', { name })}</Typography.Text>
      <Typography.Text type="secondary">
        {t(value.wait ? 'voucherEditor.wordsWait' : 'voucherEditor.wordsFail')}
      </Typography.Text>
      {chosen.data && (
        <Typography.Text type="secondary">
          {t('voucherEditor.left', {
            count: chosen.data.counts.free,
            number: formatNumber(chosen.data.counts.free, i18n.language),
          })}
        </Typography.Text>
      )}
    </Flex>
  )
}
