/** Readers for what stands in an address: everybody can type there, so what does not fit is left out. */
export type Raw = Record<string, unknown>

/** A text; undefined when empty or of another kind. */
export const text = (raw: Raw, key: string): string | undefined => {
  const value = raw[key]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value ? value : undefined
}

/** A whole number of at least `least`. */
export const whole = (raw: Raw, key: string, least = 0): number | undefined => {
  const n = Number(raw[key] ?? NaN)
  return Number.isSafeInteger(n) && n >= least ? n : undefined
}

/** One of a list of words. */
export const oneOf = <T extends string>(raw: Raw, key: string, words: readonly T[]): T | undefined =>
  words.find((word) => word === raw[key])

/** Several of a list of words, as an array or with commas; undefined when none. */
export const someOf = <T extends string>(raw: Raw, key: string, words: readonly T[]): T[] | undefined => {
  const given = Array.isArray(raw[key]) ? raw[key] : String(raw[key] ?? '').split(',')
  const found = words.filter((word) => given.includes(word))
  return found.length ? found : undefined
}

/** A path parameter that is an id: 0, which nothing has, when it is no number. */
export const idParam = {
  parse: ({ id }: { id: string }) => ({ id: whole({ id }, 'id', 1) ?? 0 }),
  stringify: ({ id }: { id: number }) => ({ id: String(id) }),
}
