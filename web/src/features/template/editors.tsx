import { type ComponentType, lazy, type LazyExoticComponent } from 'react'

import { emptyCall, unfinished as unfinishedCall } from './ai_call/content'
import { emptyAction, unfinished as unfinishedAction } from './action/content'
import { emptyEmail } from './email/content'
import { emptyHTTP, unfinished as unfinishedHTTP } from './http_request/content'
import { emptyMessenger, unfinished as unfinishedMessenger } from './messenger/content'
import { emptySMS } from './sms/content'
import { emptySync, unfinished as unfinishedSync } from './sync/content'
import { emptyZaloOA, unfinished as unfinishedZaloOA } from './zalo_oa/content'
import { emptyStartFlow, unfinished as unfinishedStartFlow } from './start_flow/content'
import { emptyVoucher, unfinished as unfinishedVoucher } from './voucher/content'
import { emptyWait, unfinished as unfinishedWait } from './wait/content'
import { blanks, emptyZNS, type ZNSContent } from './zns/content'

/** What every editor of content gets. It shows a value and tells each change; saving is the frame's work. */
export interface EditorProps<C> {
  value: C
  onChange: (value: C) => void
  /** What the API found wrong, by field of the content: "text", "params.customer_name". */
  problems?: Partial<Record<string, string>>
  /** The contact that fills previews in; made-up data when absent. */
  contact?: number
}

/** How the templates of a channel are edited and shown. */
export interface ChannelEditor {
  /** What a new template begins with. */
  empty: unknown
  Editor: AnyEditor
  /** Shown beside the editor; absent where the editor has its own preview. */
  Preview?: AnyEditor
  /** Content that is too unfinished to be sent to the server for a preview or a check. */
  unfinished: (content: never) => boolean
  /** Nothing about the person is filled in, so that there is nobody to preview or check it with. */
  same?: true
}

// The frame hands content through that only its own editor understands.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyEditor = LazyExoticComponent<ComponentType<EditorProps<any>>>

/** One line a channel, in the order in which they are offered. */
export const editors = {
  zns: {
    empty: emptyZNS,
    Editor: lazy(() => import('./zns/ZNSEditor').then((m) => ({ default: m.ZNSEditor }))),
    Preview: lazy(() => import('./zns/ZNSPreview').then((m) => ({ default: m.ZNSPreview }))),
    unfinished: (c: ZNSContent) => !c.template_id || blanks(c).length > 0,
  },
  sms: {
    empty: emptySMS,
    Editor: lazy(() => import('./sms/SMSEditor').then((m) => ({ default: m.SMSEditor }))),
    Preview: lazy(() => import('./sms/SMSPreview').then((m) => ({ default: m.SMSPreview }))),
    unfinished: (c: { text?: string }) => !c.text?.trim(),
  },
  email: {
    empty: emptyEmail,
    Editor: lazy(() => import('./email/EmailEditor').then((m) => ({ default: m.EmailEditor }))),
    unfinished: (c: { subject?: string; html?: string }) => !c.subject?.trim() || !c.html?.trim(),
  },
  zalo_oa: {
    empty: emptyZaloOA,
    Editor: lazy(() => import('./zalo_oa/ZaloOAEditor').then((m) => ({ default: m.ZaloOAEditor }))),
    Preview: lazy(() => import('./zalo_oa/ZaloOAPreview').then((m) => ({ default: m.ZaloOAPreview }))),
    unfinished: unfinishedZaloOA,
  },
  messenger: {
    empty: emptyMessenger,
    Editor: lazy(() => import('./messenger/MessengerEditor').then((m) => ({ default: m.MessengerEditor }))),
    Preview: lazy(() => import('./messenger/MessengerPreview').then((m) => ({ default: m.MessengerPreview }))),
    unfinished: unfinishedMessenger,
  },
  ai_call: {
    empty: emptyCall,
    Editor: lazy(() => import('./ai_call/AICallEditor').then((m) => ({ default: m.AICallEditor }))),
    Preview: lazy(() => import('./ai_call/AICallPreview').then((m) => ({ default: m.AICallPreview }))),
    unfinished: unfinishedCall,
  },
  http_request: {
    empty: emptyHTTP,
    Editor: lazy(() => import('./http_request/HTTPEditor').then((m) => ({ default: m.HTTPEditor }))),
    Preview: lazy(() => import('./http_request/HTTPPreview').then((m) => ({ default: m.HTTPPreview }))),
    unfinished: unfinishedHTTP,
  },
  sync: {
    empty: emptySync,
    Editor: lazy(() => import('./sync/SyncEditor').then((m) => ({ default: m.SyncEditor }))),
    Preview: lazy(() => import('./sync/SyncPreview').then((m) => ({ default: m.SyncPreview }))),
    unfinished: unfinishedSync,
  },
  voucher: {
    empty: emptyVoucher,
    Editor: lazy(() => import('./voucher/VoucherEditor').then((m) => ({ default: m.VoucherEditor }))),
    Preview: lazy(() => import('./voucher/VoucherPreview').then((m) => ({ default: m.VoucherPreview }))),
    unfinished: unfinishedVoucher,
  },
  action: {
    empty: emptyAction,
    Editor: lazy(() => import('./action/ActionEditor').then((m) => ({ default: m.ActionEditor }))),
    Preview: lazy(() => import('./action/ActionPreview').then((m) => ({ default: m.ActionPreview }))),
    unfinished: unfinishedAction,
  },
  start_flow: {
    empty: emptyStartFlow,
    Editor: lazy(() => import('./start_flow/StartFlowEditor').then((m) => ({ default: m.StartFlowEditor }))),
    Preview: lazy(() => import('./start_flow/StartFlowPreview').then((m) => ({ default: m.StartFlowPreview }))),
    unfinished: unfinishedStartFlow,
    same: true,
  },
  wait: {
    empty: emptyWait,
    Editor: lazy(() => import('./wait/WaitEditor').then((m) => ({ default: m.WaitEditor }))),
    Preview: lazy(() => import('./wait/WaitPreview').then((m) => ({ default: m.WaitPreview }))),
    unfinished: unfinishedWait,
    same: true,
  },
} satisfies Record<string, ChannelEditor>

export type TemplateChannel = keyof typeof editors
export const templateChannels = Object.keys(editors) as TemplateChannel[]

export const editorOf = (channel: string): ChannelEditor | undefined =>
  (editors as Record<string, ChannelEditor | undefined>)[channel]
