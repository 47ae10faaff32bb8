/** An SMS template as the API stores it. */
export interface SMSContent {
  text: string
  /** False takes the Vietnamese marks off when the message is made. */
  unicode: boolean
  /** Empty is the connection's. */
  brandname?: string
  track_links?: boolean
}

export const emptySMS: SMSContent = { text: '', unicode: false }

/** Takes the Vietnamese marks off a text and leaves what stands in {{ }} and {% %} as it is. */
export const plain = (text: string): string =>
  text
    .split(/(\{\{.*?\}\}|\{%.*?%\})/gs)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part
            .normalize('NFD')
            .replace(/\p{M}+/gu, '')
            .replaceAll('đ', 'd')
            .replaceAll('Đ', 'D'),
    )
    .join('')

/** Whether a text has marks that a plain SMS cannot carry, outside its variables. */
export const marked = (text: string): boolean => plain(text) !== text.normalize('NFC')

/** Adverts begin with a label and end with a way to refuse them (Decree 91/2020/ND-CP, articles 15 and 16). */
export const labelled = (text: string): boolean => /^\s*\[(QC|AD)\]/i.test(text)

/** Whether the end of a text looks like a way to refuse adverts. */
export const refusable = (text: string): boolean =>
  /t[uừ]\s*ch[oố]i|h[uủ]y|\btc\b|opt.?out|stop|unsub/i.test(text.normalize('NFC').slice(-120))
