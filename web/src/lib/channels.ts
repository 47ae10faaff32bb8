/** All channels, in the order in which they are offered: first those that reach a person, then the acts. */
export const channels = [
  'zns',
  'sms',
  'email',
  'zalo_oa',
  'messenger',
  'ai_call',
  'http_request',
  'sync',
  'voucher',
  'action',
  'start_flow',
  'wait',
] as const
export type ChannelName = (typeof channels)[number]

/** Acts do something about a person instead of telling the person something: nobody agrees to them, and they keep no hours. */
export const acts = ['http_request', 'sync', 'voucher', 'action', 'start_flow', 'wait'] as const

/** What Loa does by itself: its connection is built in, and nobody chooses it. */
const own: readonly string[] = ['voucher', 'action', 'start_flow', 'wait']

export const isBuiltin = (channel: string): boolean => own.includes(channel)

export const isAct = (channel: string): boolean => acts.some((a) => a === channel)

/** Whether a connection carries a channel. The tokens of a Zalo OA carry ZNS to phone numbers and messages to the OA's users. */
export const serves = (connection: { channel: string; provider: string }, channel: string): boolean =>
  connection.channel === channel || (connection.provider === 'zalo' && channel === 'zalo_oa')
