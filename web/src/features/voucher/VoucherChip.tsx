import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'

import { stateOf, type Voucher } from './api'

const colours = { open: '#389e0d', closed: '#8c8c8c', over: '#8c8c8c', soon: '#531dab' }

/** Says whether a voucher gives codes now. */
export function VoucherChip({ voucher }: { voucher: Voucher }) {
  const { t } = useTranslation()
  const state = stateOf(voucher)
  return (
    <Tag className="chip">
      <span aria-hidden className="dot" style={{ background: colours[state] }} />
      {t(`vouchers.${state}`)}
    </Tag>
  )
}
