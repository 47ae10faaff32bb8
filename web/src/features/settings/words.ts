/** Words of the API that stand in addresses and menus, apart from the calls, so that the routes load nothing else. */

export const channels = ['zns', 'sms', 'email', 'zalo_oa', 'messenger', 'ai_call'] as const
export type Channel = (typeof channels)[number]

export const reasons = ['unsubscribed', 'complained', 'bounced', 'blocked', 'erased', 'manual', 'provider'] as const
export type Reason = (typeof reasons)[number]

/** What the audit log notes, by noun. The words stand under settings.did.<noun>.<verb>. */
export const acts = {
  session: ['start', 'start_by_link', 'refuse', 'end'],
  user: ['add', 'change', 'remove', 'link', 'password'],
  workspace: ['create', 'update'],
  key: ['create', 'revoke'],
  contact: [
    'create',
    'update',
    'delete',
    'merge',
    'erase',
    'add_identity',
    'remove_identity',
    'bulk',
    'bulk_cancel',
    'import',
  ],
  consent: ['grant', 'withdraw'],
  suppression: ['add', 'lift'],
  import: ['upload', 'start', 'cancel'],
  attribute: ['create', 'rename'],
  segment: ['create', 'update', 'delete', 'members'],
  template: ['create', 'update', 'delete', 'test'],
  connection: [
    'create',
    'update',
    'delete',
    'hold',
    'resume',
    'enable',
    'disable',
    'rotate_hook',
    'refresh',
    'authorize',
    'make_dkim',
  ],
  campaign: [
    'create',
    'update',
    'delete',
    'activate',
    'delay',
    'start',
    'pause',
    'resume',
    'cancel',
    'finish',
    'edit',
    'clone',
    'rename',
    'act',
    'enter',
    'end',
  ],
  message: ['resolve'],
  voucher: ['create', 'update', 'delete', 'close', 'open', 'add_codes', 'redeem'],
  sample: ['start'],
  price: ['add', 'remove'],
} as const

export type Noun = keyof typeof acts
export const nouns = Object.keys(acts) as Noun[]
