import type { Price } from './api'

/** What prices of a channel can be told apart by. */
export interface Kinds {
  network: boolean
  template: boolean
  per: Price['per'][]
}

/** An SMS is charged by part and network, a ZNS by template, mails by the thousand; everything else by message. */
export function kindsOf(channel: string): Kinds {
  return {
    network: channel === 'sms',
    template: channel === 'zns',
    per: channel === 'sms' ? ['message', 'part'] : channel === 'email' ? ['thousand', 'message'] : ['message'],
  }
}
