/** A time of day in 24 hours: "08:30". */
export const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/

/** Brings what people type into that form: "8" → "08:00", "8:5" → "08:05", "830" → "08:30", "8h30" → "08:30". What is no time stays as it is. */
export function toClockTime(typed: string): string {
  const text = typed.trim()
  const parts = /^(\d{1,2})\s*(?:[:.hg]\s*(\d{0,2}))?$/i.exec(text) ?? /^(\d{1,2})(\d{2})$/.exec(text)
  if (!parts) return text
  const time = `${(parts[1] ?? '').padStart(2, '0')}:${(parts[2] ?? '').padStart(2, '0')}`
  return clockTime.test(time) ? time : text
}
