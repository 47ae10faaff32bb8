import { formatNumber } from '@/lib/format'

/** A size for people: 12 KB, 1,5 MB. */
export function formatBytes(bytes: number, language: string): string {
  if (bytes < 1024 * 1024) return `${formatNumber(Math.ceil(bytes / 1024), language)} KB`
  return `${formatNumber(Math.round((bytes / 1024 / 1024) * 10) / 10, language)} MB`
}
