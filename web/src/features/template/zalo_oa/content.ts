import type { Param } from '../zns/content'

export const buttonKinds = ['url', 'query', 'show', 'phone', 'sms'] as const

/** One button. The payload of query and show comes back when it is pressed; of phone and sms it is the number as +84…, and text is what the SMS says already. */
export interface ZaloButton {
  type: (typeof buttonKinds)[number]
  title: string
  url?: string
  payload?: string
  text?: string
}

/** One line of a list: opens its address, or sends its payload back. */
export interface ZaloItem {
  title: string
  subtitle?: string
  image?: string
  url?: string
  payload?: string
}

export interface ZaloAsk {
  title: string
  subtitle: string
  image: string
}

/** Fills a template that Zalo has approved and that goes to the user instead of a phone number. */
export interface ZaloFilled {
  template_id: string
  params: Record<string, string>
  schema: Param[]
  /** Of one message to a user of the OA, in VND. */
  price_vnd: number
  tag: string
}

/** A Zalo OA template as the API stores it: one of text, image, file, items, ask and template. Text beside an image is its caption. */
export interface ZaloOAContent {
  text?: string
  image?: string
  file?: string
  items?: ZaloItem[]
  ask?: ZaloAsk
  buttons?: ZaloButton[]
  template?: ZaloFilled
  track_links?: boolean
}

/** What Zalo takes, in characters and pieces. The server checks the same when a template is saved. */
export const limits = {
  text: 2000,
  title: 100,
  subtitle: 500,
  payload: 900,
  address: 1000,
  phone: 20,
  sms: 160,
  pieces: 5,
} as const

export const emptyZaloOA: ZaloOAContent = { text: '' }

export const kinds = ['text', 'image', 'items', 'file', 'ask', 'template'] as const
export type Kind = (typeof kinds)[number]

/** What a message is: told by which of the parts is there, even when nothing is written in it yet. */
export const kindOf = (c: ZaloOAContent): Kind =>
  (['template', 'ask', 'items', 'file', 'image'] as const).find((k) => c[k] !== undefined) ?? 'text'

/** A message of a kind with nothing in it yet. */
export function startOf(kind: Kind): ZaloOAContent {
  switch (kind) {
    case 'text':
      return { text: '' }
    case 'image':
      return { image: '' }
    case 'items':
      return { items: [{ title: '', subtitle: '' }] }
    case 'file':
      return { file: '' }
    case 'ask':
      return { ask: { title: '', subtitle: '', image: '' } }
    case 'template':
      return { template: { template_id: '', params: {}, schema: [], price_vnd: 0, tag: '' } }
  }
}

const filled = (text?: string) => Boolean(text?.trim())

const goodButton = (b: ZaloButton) =>
  filled(b.title) && filled(b.type === 'url' ? b.url : b.payload) && (b.type !== 'sms' || filled(b.text))

const goodItem = (item: ZaloItem, i: number) =>
  filled(item.title) && (i > 0 || filled(item.subtitle)) && (filled(item.url) || filled(item.payload))

/** The parameters that Zalo needs and nothing fills yet. */
export const blanks = (t: ZaloFilled): string[] =>
  t.schema.filter((p) => p.required && !p.accept_null && !filled(t.params[p.name])).map((p) => p.name)

/** Whether something that must be there is missing, so that the server would refuse the content. */
export function unfinished(c: ZaloOAContent): boolean {
  if (!(c.buttons ?? []).every(goodButton)) return true
  switch (kindOf(c)) {
    case 'text':
      return !filled(c.text)
    case 'image':
      return !filled(c.image)
    case 'items':
      return !c.items?.length || !c.items.every(goodItem)
    case 'file':
      return !filled(c.file)
    case 'ask':
      return !filled(c.ask?.title) || !filled(c.ask?.subtitle) || !filled(c.ask?.image)
    case 'template':
      return !c.template || !filled(c.template.template_id) || blanks(c.template).length > 0
  }
}

/** The part of unfinished content that can already be shown, without pieces that are still empty; undefined while there is none. */
export function showable(c: ZaloOAContent): ZaloOAContent | undefined {
  const out: ZaloOAContent = {
    ...c,
    buttons: c.buttons?.filter(goodButton),
    items: c.items?.filter((item, i) => goodItem(item, i)),
  }
  if (c.template) {
    const blank = blanks(c.template)
    // The server fills in nothing that it could not send: a blank value is shown as not needed.
    const schema = c.template.schema.map((p) => (blank.includes(p.name) ? { ...p, required: false } : p))
    out.template = { ...c.template, schema }
  }
  return unfinished(out) ? undefined : out
}
