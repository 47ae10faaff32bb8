/** A mail template as the API stores it. */
export interface EmailContent {
  subject: string
  html: string
  /** The source of the block editor; absent when the HTML was written by hand. */
  mjml?: string
  /** The text part; derived from the HTML when empty. */
  text?: string
  from_name?: string
  preheader?: string
  purpose?: 'marketing' | 'care' | 'transaction'
  /** Adds the standard footer to an advert that has no link for unsubscribing. */
  unsubscribe_footer?: boolean
}

export const emptyEmail: EmailContent = { subject: '', html: '', purpose: 'marketing', unsubscribe_footer: true }

/** Gmail shows only the beginning of a mail whose HTML is this long, in bytes. */
export const clipBytes = 102 * 1024

/** The longest HTML that the API takes, in bytes. */
export const maxBytes = 160 * 1024

const encoder = new TextEncoder()

export const bytesOf = (text: string) => encoder.encode(text).length

/** What a reader sees of a line in a list of mails: characters, not code units. */
export const lengthOf = (text: string) => [...text].length

/** Takes what a person imports: the HTML of a whole page or of a part, without what browsers and editors put in front. */
export const cleanImport = (text: string) => text.replace(/^\uFEFF/, '').trim()

const foreign = /^(?:https?:)?\/\//i

/**
 * Makes a mail showable in a frame of ours, which loads nothing from other places: a picture elsewhere becomes a grey box with its text, pictures of ours stay. The frame runs no scripts
 * and follows no links.
 */
export function showable(
  html: string,
  placeholder: string,
  own: string = window.location.origin,
): { html: string; foreign: number } {
  const doc = new DOMParser().parseFromString(html, 'text/html')
  let count = 0
  for (const image of doc.querySelectorAll('img')) {
    image.removeAttribute('srcset')
    const source = image.getAttribute('src') ?? ''
    if (!foreign.test(source)) continue
    const width = Number.parseInt(image.getAttribute('width') ?? '', 10) || 300
    const height = Number.parseInt(image.getAttribute('height') ?? '', 10) || Math.round(width / 2)
    const shown = sourceHere(source, own)
    if (!shown) count++
    image.setAttribute('src', shown ?? box(width, height, image.getAttribute('alt') || placeholder))
  }
  for (const link of doc.querySelectorAll('a[href], area[href]')) link.removeAttribute('href')
  return { html: '<!doctype html>' + doc.documentElement.outerHTML, foreign: count }
}

/** Where this page may load a picture of a mail from: its own server whatever address the mail names; undefined for a picture elsewhere, which the page must not load. */
export function sourceHere(source: string, own: string = window.location.origin): string | undefined {
  if (!foreign.test(source)) return source
  const media = /\/media\/\d+\/[0-9a-f]{64}\.(?:png|jpg|gif)$/.exec(source)
  return media ? own + media[0] : undefined
}

/** A grey picture with a text, in place of one that is not loaded. */
export function box(width: number, height: number, text: string): string {
  const safe = text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`).slice(0, 80)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#e5e7eb"/><text x="50%" y="50%" fill="#4b5563" font-family="sans-serif" font-size="13" text-anchor="middle" dominant-baseline="middle">${safe}</text></svg>`
  return 'data:image/svg+xml,' + encodeURIComponent(svg)
}
