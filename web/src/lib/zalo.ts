/** Zalo's words for the state of a template. */
export const zaloStates = ['ENABLE', 'PENDING_REVIEW', 'REJECT', 'DISABLE', 'DELETE'] as const

/** Zalo's words for kinds of templates, new and old. */
export const zaloTags = [
  'TRANSACTION',
  'CUSTOMER_CARE',
  'PROMOTION',
  'OTP',
  'IN_TRANSACTION',
  'POST_TRANSACTION',
] as const
export type ZaloTag = (typeof zaloTags)[number]

/** Whether a word is a kind of template that has a name of ours. */
export const isTag = (word: string): word is ZaloTag => zaloTags.some((w) => w === word)
