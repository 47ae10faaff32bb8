import dayjs from 'dayjs'
import 'dayjs/locale/vi'
import timezone from 'dayjs/plugin/timezone'
import utc from 'dayjs/plugin/utc'

dayjs.extend(utc)
dayjs.extend(timezone)

/** A moment as the API gives it: an RFC 3339 text or Unix milliseconds. Nothing, 0 and year 1 mean never. */
export type Moment = string | number | null | undefined

export const defaultZone = 'Asia/Ho_Chi_Minh'

/** Writes a moment in the workspace's zone, day first; seconds for timelines. '' = never. */
export function formatTime(moment: Moment, zone = defaultZone, seconds = false): string {
  if (!moment) return ''
  const at = dayjs(moment)
  if (!at.isValid() || at.year() <= 1970) return ''
  return at.tz(zone).format(seconds ? 'DD/MM/YYYY HH:mm:ss' : 'DD/MM/YYYY HH:mm')
}

const locale = (language: string) => (language === 'en' ? 'en-GB' : 'vi-VN')

export function formatNumber(n: number, language: string): string {
  return new Intl.NumberFormat(locale(language)).format(n)
}

/** Writes an amount of Vietnamese đồng; there are no smaller units. */
export function formatMoney(vnd: number, language: string): string {
  return `${formatNumber(vnd, language)} ₫`
}

/** Writes a length of time roughly, in the two largest units: "2 h 5 min". */
export function formatDuration(seconds: number, language: string): string {
  const units: [number, string][] =
    language === 'en'
      ? [
          [86400, 'd'],
          [3600, 'h'],
          [60, 'min'],
          [1, 's'],
        ]
      : [
          [86400, 'ngày'],
          [3600, 'giờ'],
          [60, 'phút'],
          [1, 'giây'],
        ]
  const parts: string[] = []
  let rest = Math.max(0, Math.round(seconds))
  for (const [size, name] of units) {
    const n = Math.floor(rest / size)
    rest -= n * size
    if (n > 0) parts.push(`${n} ${name}`)
    if (parts.length === 2 || (parts.length === 1 && n === 0)) break
  }
  return parts.join(' ') || `0 ${units[3]?.[1] ?? ''}`
}
