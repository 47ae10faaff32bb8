import type { Daily } from './api'

/** The ways in which the messages of a day can be told apart. */
export const views = ['channel', 'status'] as const
export type View = (typeof views)[number]

export const channelColours: Record<string, string> = {
  zns: '#0068ff',
  sms: '#389e0d',
  email: '#d46b08',
  zalo_oa: '#13a8a8',
  messenger: '#722ed1',
  ai_call: '#c41d7f',
}

/** The events that the chart by status shows, as the API names them, with the word of the status table. */
export const shownFacts = [
  ['delivered', 'delivered'],
  ['opened', 'opened'],
  ['clicked', 'clicked'],
  ['failed', 'failed'],
] as const

export interface Line {
  key: string
  values: number[]
}

const zeros = (daily: Daily) => (daily.days ?? []).map(() => 0)
const plus = (a: number[], b: number[] | null | undefined) => a.map((n, i) => n + (b?.[i] ?? 0))

/** Messages asked of providers, a line a channel. */
export const byChannel = (daily: Daily): Line[] =>
  (daily.channels ?? []).map((c) => ({ key: c.channel, values: c.counts.requested ?? zeros(daily) }))

/** What happened to messages, a line a status over all channels. */
export const byStatus = (daily: Daily): Line[] =>
  shownFacts.map(([fact, key]) => ({
    key,
    values: (daily.channels ?? []).reduce((sum, c) => plus(sum, c.counts[fact]), zeros(daily)),
  }))

/** Money, a line a channel that cost anything. */
export const costs = (daily: Daily): Line[] =>
  (daily.channels ?? [])
    .map((c) => ({ key: c.channel, values: c.cost ?? zeros(daily) }))
    .filter((line) => total(line) > 0)

export const total = (line: Line) => line.values.reduce((a, b) => a + b, 0)

/** The sum of one kind of event over all days and channels. */
export const sumOf = (daily: Daily, fact: string) =>
  (daily.channels ?? []).reduce((sum, c) => sum + (c.counts[fact] ?? []).reduce((a, b) => a + b, 0), 0)
