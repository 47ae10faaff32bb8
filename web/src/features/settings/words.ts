/** Words of the API that stand in addresses and menus, apart from the calls, so that the routes load nothing else. */

export const channels = ['zns', 'sms', 'email', 'zalo_oa', 'messenger', 'ai_call'] as const
export type Channel = (typeof channels)[number]

export const reasons = ['unsubscribed', 'complained', 'bounced', 'blocked', 'erased', 'manual', 'provider'] as const
export type Reason = (typeof reasons)[number]

/** The nouns of the audit log. What was done about each has its words under settings.did.<noun>.<verb>. */
export const nouns = [
  'session',
  'user',
  'workspace',
  'key',
  'contact',
  'consent',
  'suppression',
  'import',
  'attribute',
  'segment',
  'template',
  'connection',
  'campaign',
  'message',
  'conversation',
  'voucher',
  'price',
  'invoice',
  'sample',
] as const
export type Noun = (typeof nouns)[number]
