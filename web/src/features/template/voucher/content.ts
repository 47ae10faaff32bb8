/** A step that gives each person a code, as the API stores it. */
export interface VoucherContent {
  voucher_id: number
  /** People who find no code wait for one; else they fail at once. */
  wait?: boolean
}

export const emptyVoucher: VoucherContent = { voucher_id: 0 }

/** Whether the server would refuse the content. */
export const unfinished = (c: VoucherContent): boolean => c.voucher_id < 1
