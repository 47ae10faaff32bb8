import type vi from '@/i18n/vi'

import type { ConnectionForm, Provider } from './api'

type Texts = (typeof vi)['connections']
type FieldName = keyof Texts['f']

/** One field of a provider's form. Its place in the request is [block, name], or ['secrets', name] for a credential. */
export interface FieldSpec {
  name: FieldName | 'base_url'
  /** The key of its text, where the field is called otherwise at this provider. */
  label?: FieldName
  kind: 'text' | 'number' | 'switch' | 'select' | 'area' | 'secret'
  /** Of a select: the value and the key of its text. */
  options?: { value: string; text: FieldName }[]
  required?: boolean
  advanced?: boolean
  placeholder?: string
  /** Of a number: the least and the most; absent = none below 0. */
  range?: [number, number]
}

export interface ProviderSpec {
  provider: Provider
  channel: 'zns' | 'sms' | 'email' | 'messenger' | 'ai_call' | 'http_request' | 'sync'
  guide: readonly string[]
  fields: FieldSpec[]
  /** What the form begins with. */
  initial?: Partial<ConnectionForm>
  /** How reports come: to an address that is entered at the provider, to one that goes with each message, or by forwarded mail. */
  hook: 'hookHint' | 'hookAsked' | 'hookMail' | 'hookNone'
  presets?: { name: string; values: Record<string, string | number> }[]
  dkim?: boolean
}

const base: FieldSpec = { name: 'base_url', kind: 'text', advanced: true }

/** Every provider that people can connect; another one is an entry here and its texts. */
export const providers: ProviderSpec[] = [
  {
    provider: 'zalo',
    channel: 'zns',
    guide: ['guide1', 'guide2', 'guide3', 'guide4'],
    hook: 'hookHint',
    initial: { zalo: { app_id: '', oa_id: '' } },
    fields: [
      { name: 'app_id', kind: 'text', required: true },
      { name: 'oa_id', kind: 'text', required: true },
      { name: 'app_secret', kind: 'secret' },
      { name: 'access_token', kind: 'secret' },
      { name: 'refresh_token', kind: 'secret' },
      { name: 'webhook_secret', kind: 'secret' },
      {
        name: 'sending_mode',
        kind: 'select',
        advanced: true,
        options: [
          { value: '1', text: 'mode1' },
          { value: '3', text: 'mode3' },
        ],
      },
      { name: 'development', kind: 'switch', advanced: true },
      { name: 'hash_phone', kind: 'switch', advanced: true },
      { name: 'app_secret_proof', kind: 'switch', advanced: true },
      { name: 'fixed_code_verifier', kind: 'secret', advanced: true },
      base,
      { name: 'oa_url', kind: 'text', advanced: true },
      { name: 'oauth_url', kind: 'text', advanced: true },
    ],
  },
  {
    provider: 'etelecom',
    channel: 'zns',
    guide: ['guide1', 'guide2', 'guide3'],
    hook: 'hookHint',
    initial: { etelecom: { oa_id: '' } },
    fields: [
      { name: 'oa_id', kind: 'text', required: true },
      { name: 'api_key', kind: 'secret' },
      {
        name: 'sending_mode',
        kind: 'select',
        advanced: true,
        options: [
          { value: 'default', text: 'mode1' },
          { value: 'tag3', text: 'mode3' },
        ],
      },
      { name: 'development', kind: 'switch', advanced: true },
      base,
    ],
  },
  {
    provider: 'esms',
    channel: 'sms',
    guide: ['guide1', 'guide2', 'guide3', 'guide4'],
    hook: 'hookAsked',
    initial: { esms: { brandname: '', sms_type: '2' } },
    fields: [
      { name: 'brandname', kind: 'text', required: true },
      { name: 'api_key', kind: 'secret' },
      { name: 'secret_key', kind: 'secret' },
      { name: 'price_per_part', kind: 'number' },
      {
        name: 'sms_type',
        kind: 'select',
        options: [
          { value: '2', text: 'type2' },
          { value: '1', text: 'type1' },
          { value: '8', text: 'type8' },
        ],
      },
      { name: 'sandbox', kind: 'switch', advanced: true },
      base,
    ],
  },
  {
    provider: 'speedsms',
    channel: 'sms',
    guide: ['guide1', 'guide2', 'guide3'],
    hook: 'hookHint',
    initial: { speedsms: { sender: '', sms_type: '3' } },
    fields: [
      { name: 'sender', kind: 'text' },
      { name: 'api_key', kind: 'secret' },
      { name: 'price_per_part', kind: 'number' },
      {
        name: 'sms_type',
        kind: 'select',
        options: [
          { value: '3', text: 'type3' },
          { value: '2', text: 'speedType2' },
        ],
      },
      base,
    ],
  },
  {
    provider: 'smtp',
    channel: 'email',
    guide: ['guide1', 'guide2', 'guide3'],
    hook: 'hookMail',
    initial: { smtp: { host: '', port: 587, tls: 'starttls', from: '' } },
    presets: [
      { name: 'Gmail', values: { host: 'smtp.gmail.com', port: 465, tls: 'tls' } },
      { name: 'Amazon SES', values: { host: 'email-smtp.ap-southeast-1.amazonaws.com', port: 587, tls: 'starttls' } },
      { name: 'SendGrid', values: { host: 'smtp.sendgrid.net', port: 587, tls: 'starttls' } },
      { name: 'Mailgun', values: { host: 'smtp.mailgun.org', port: 587, tls: 'starttls' } },
      { name: 'Postmark', values: { host: 'smtp.postmarkapp.com', port: 587, tls: 'starttls' } },
    ],
    dkim: true,
    fields: [
      { name: 'host', kind: 'text', required: true },
      { name: 'port', kind: 'number', required: true },
      {
        name: 'tls',
        kind: 'select',
        options: [
          { value: 'tls', text: 'tlsTls' },
          { value: 'starttls', text: 'tlsStarttls' },
          { value: 'none', text: 'tlsNone' },
        ],
      },
      { name: 'username', kind: 'secret' },
      { name: 'password', kind: 'secret' },
      { name: 'from', kind: 'text', required: true },
      { name: 'from_name', kind: 'text' },
      { name: 'reply_to', kind: 'text' },
      { name: 'bounce_domain', kind: 'text' },
      { name: 'failures_only', kind: 'switch', advanced: true },
      { name: 'ehlo', kind: 'text', advanced: true },
      { name: 'max_conns', kind: 'number', advanced: true },
    ],
  },
  {
    provider: 'messenger',
    channel: 'messenger',
    guide: ['guide1', 'guide2', 'guide3'],
    hook: 'hookHint',
    initial: { messenger: { page_id: '' } },
    fields: [
      { name: 'page_id', kind: 'text', required: true },
      { name: 'access_token', kind: 'secret' },
      { name: 'app_secret', kind: 'secret' },
      { name: 'verify_token', kind: 'secret' },
      { name: 'utility', kind: 'switch' },
      { name: 'version', kind: 'text', advanced: true, placeholder: 'v25.0' },
      base,
    ],
  },
  {
    provider: 'stringee',
    channel: 'ai_call',
    guide: ['guide1', 'guide2', 'guide3', 'guide4'],
    hook: 'hookHint',
    initial: { stringee: { from: '' } },
    fields: [
      { name: 'from', label: 'caller', kind: 'text', required: true, placeholder: '842471000000' },
      { name: 'api_key', label: 'keySID', kind: 'secret' },
      { name: 'secret_key', label: 'keySecret', kind: 'secret' },
      { name: 'webhook_secret', label: 'signingSecret', kind: 'secret' },
      { name: 'price_per_call', kind: 'number' },
      { name: 'voice', kind: 'text', placeholder: 'hatieumai' },
      { name: 'speed', kind: 'number', range: [-3, 3] },
      base,
    ],
  },
  {
    provider: 'http',
    channel: 'http_request',
    guide: ['guide1', 'guide2', 'guide3'],
    hook: 'hookNone',
    initial: { http: { base_url: '' } },
    fields: [
      { name: 'base_url', kind: 'text', required: true, placeholder: 'https://crm.example.vn/api' },
      { name: 'api_key', kind: 'secret' },
      { name: 'header', kind: 'text', advanced: true, placeholder: 'Authorization' },
      { name: 'webhook_secret', kind: 'secret' },
    ],
  },
  {
    provider: 'getresponse',
    channel: 'sync',
    guide: ['guide1', 'guide2', 'guide3'],
    hook: 'hookNone',
    initial: { getresponse: {} },
    fields: [
      { name: 'api_key', kind: 'secret' },
      { name: 'domain', kind: 'text', advanced: true, placeholder: 'shop.example.vn' },
      base,
    ],
  },
  {
    provider: 'getfly',
    channel: 'sync',
    guide: ['guide1', 'guide2', 'guide3'],
    hook: 'hookNone',
    initial: { getfly: { base_url: '' } },
    fields: [
      { name: 'base_url', kind: 'text', required: true, placeholder: 'https://tencuahang.getflycrm.com' },
      { name: 'api_key', kind: 'secret' },
    ],
  },
]

export const providerOf = (name: string | undefined): ProviderSpec | undefined =>
  providers.find((p) => p.provider === name)

/** Where a field stands in the request. */
export const placeOf = (spec: ProviderSpec, field: FieldSpec): string[] =>
  field.kind === 'secret' ? ['secrets', field.name] : [spec.provider, field.name]
