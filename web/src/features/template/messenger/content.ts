export const buttonKinds = ['web_url', 'postback', 'phone_number'] as const

/** One button. A postback's payload comes back when it is pressed; a phone number's is the number as +84…. */
export interface MessengerButton {
  type: (typeof buttonKinds)[number]
  title: string
  url?: string
  payload?: string
}

export interface MessengerQuickReply {
  title: string
  payload?: string
}

export interface MessengerCard {
  title: string
  subtitle?: string
  image?: string
  url?: string
  buttons?: MessengerButton[]
}

/** Fills a template that Meta has approved for the Page. */
export interface MessengerUtility {
  name: string
  language: string
  positional?: boolean
  params?: Record<string, string>
  buttons?: string[]
  /** Which of the buttons, from 0, are addresses. */
  url_buttons?: number[]
}

/** A Messenger template as the API stores it: one of text, image, cards and utility. */
export interface MessengerContent {
  messaging_type?: 'UPDATE' | 'RESPONSE' | 'UTILITY'
  text?: string
  buttons?: MessengerButton[]
  image?: string
  cards?: MessengerCard[]
  utility?: MessengerUtility
  quick_replies?: MessengerQuickReply[]
  track_links?: boolean
}

/** What Messenger takes, in characters and pieces. The server checks the same when a template is saved. */
export const limits = {
  text: 2000,
  textWithButtons: 640,
  title: 20,
  card: 80,
  payload: 900,
  value: 1000,
  buttons: 3,
  cards: 10,
  quickReplies: 13,
  params: 50,
} as const

export const emptyMessenger: MessengerContent = { text: '' }

export const kinds = ['text', 'image', 'cards', 'utility'] as const
export type Kind = (typeof kinds)[number]

/** What a message is: told by which of the four is there, even when nothing is written in it yet. */
export function kindOf(c: MessengerContent): Kind {
  if (c.utility) return 'utility'
  if (c.cards) return 'cards'
  return c.image === undefined ? 'text' : 'image'
}

/** A message of a kind with nothing in it yet. What goes with every kind is kept: quick replies, tracking, the type. */
export function startOf(kind: Kind, c: MessengerContent): MessengerContent {
  if (kind === 'utility') return { messaging_type: 'UTILITY', utility: { name: '', language: 'vi' } }
  const shared: MessengerContent = {
    messaging_type: c.messaging_type === 'UTILITY' ? undefined : c.messaging_type,
    quick_replies: c.quick_replies,
    track_links: c.track_links,
  }
  if (kind === 'cards') return { ...shared, cards: [{ title: '' }] }
  return kind === 'image' ? { ...shared, image: '' } : { ...shared, text: '' }
}

const filled = (text?: string) => Boolean(text?.trim())

const goodButton = (b: MessengerButton) =>
  filled(b.title) && (b.type === 'postback' || filled(b.type === 'web_url' ? b.url : b.payload))

/** Meta wants one thing beside the title of a card. */
export const bareCard = (c: MessengerCard): boolean =>
  !filled(c.subtitle) && !filled(c.image) && !filled(c.url) && !c.buttons?.length

const goodCard = (c: MessengerCard) => filled(c.title) && !bareCard(c) && (c.buttons ?? []).every(goodButton)

/** Whether something that must be there is missing, so that the server would refuse the content. */
export function unfinished(c: MessengerContent): boolean {
  if (!(c.quick_replies ?? []).every((q) => filled(q.title))) return true
  switch (kindOf(c)) {
    case 'text':
      return !filled(c.text) || !(c.buttons ?? []).every(goodButton)
    case 'image':
      return !filled(c.image)
    case 'cards':
      return !c.cards?.length || !c.cards.every(goodCard)
    case 'utility': {
      const { name, language, params = {}, buttons = [] } = c.utility ?? { name: '', language: '' }
      const rows = Object.entries(params)
      return !filled(name) || !filled(language) || !rows.every((row) => row.every(filled)) || !buttons.every(filled)
    }
  }
}

/** The part of unfinished content that can already be shown, without pieces that are still empty; undefined while there is none. */
export function showable(c: MessengerContent): MessengerContent | undefined {
  const cards = c.cards
    ?.map((card) => ({ ...card, buttons: card.buttons?.filter(goodButton) }))
    .filter((card) => goodCard(card))
  const out = {
    ...c,
    cards,
    buttons: c.buttons?.filter(goodButton),
    quick_replies: c.quick_replies?.filter((q) => filled(q.title)),
  }
  return unfinished(out) ? undefined : out
}
