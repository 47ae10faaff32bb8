/** What pressing a key means. */
export interface CallKey {
  digits: string
  label: string
  reply?: string
  opt_out?: boolean
}

/** Asks the person for a key. Its texts are read to everybody alike. */
export interface CallKeys {
  prompt: string
  max_digits?: number
  timeout_seconds?: number
  again?: number
  list: CallKey[]
}

/** A call as the API stores it. */
export interface CallContent {
  script: string
  voice?: string
  speed?: number
  times?: number
  keys?: CallKeys
}

/** What a call may have, in characters and pieces. The server checks the same when a template is saved. */
export const limits = {
  script: 2000,
  prompt: 500,
  label: 60,
  reply: 300,
  times: 3,
  keys: 12,
  digits: 12,
  again: 2,
  wait: [3, 60],
  speed: [-3, 3],
} as const

/** How long is waited for a key when the content does not say. */
export const usualWait = 10

/** A call longer than this is rarely heard to its end, in seconds. */
export const long = 60

/** Voices of Stringee that integrations name; any other can be written. */
export const voices = ['hatieumai', 'ngoclam', 'banmai', 'leminh', 'myan', 'lannhi', 'female', 'male'] as const

export const emptyCall: CallContent = { script: '' }

/** The first question for a key: to hear more, and the way to refuse further calls. */
export const firstKeys: CallKeys = { prompt: '', list: [{ digits: '1', label: '' }] }

const filled = (text?: string) => Boolean(text?.trim())

/** Whether a key can be pressed. */
export const pressable = (digits: string, most = 1): boolean => /^[0-9*#]{1,12}$/.test(digits) && digits.length <= most

/** Whether the same key stands earlier in a list. */
export const twice = (list: CallKey[], i: number): boolean =>
  list.slice(0, i).some((k) => k.digits !== '' && k.digits === list[i]?.digits)

const good = (keys: CallKeys) =>
  filled(keys.prompt) &&
  keys.list.length > 0 &&
  keys.list.every((k, i) => pressable(k.digits, keys.max_digits) && filled(k.label) && !twice(keys.list, i))

/** Whether something that must be there is missing, so that the server would refuse the content. */
export const unfinished = (c: CallContent): boolean => !filled(c.script) || (c.keys !== undefined && !good(c.keys))

/** The part of unfinished content that can be shown: the script alone while the keys are being written. */
export function showable(c: CallContent): CallContent | undefined {
  if (!filled(c.script)) return undefined
  return unfinished(c) ? { ...c, keys: undefined } : c
}

/** Whether no key lets the person refuse further calls. */
export const noRefusal = (c: CallContent): boolean => !c.keys?.list.some((k) => k.opt_out)
