import dayjs from 'dayjs'

import type { FieldProblem } from '@/api/problem'
import { asCondition, type Condition, everybody, isEverybody } from '@/components/condition'
import { channels, isAct, isBuiltin } from '@/lib/channels'

import type { Campaign, Channel, Form, Leg } from '../api'

/** The steps, in order. */
export const steps = ['audience', 'channels', 'time', 'review'] as const
export type Step = (typeof steps)[number]

export interface DraftLeg {
  /** Only for React: legs change their order. */
  key: string
  channel: Channel
  connection?: number
  template?: number
  /** Seconds after which the next leg takes over when nothing was delivered; 0 = only after a failure. */
  after: number
}

/** What the wizard edits. */
export interface Draft {
  name: string
  purpose: Campaign['purpose']
  everyone: boolean
  /** People enter the running campaign one by one; there are no segments and no condition then. */
  entry: boolean
  segments: number[]
  condition: Condition
  legs: DraftLeg[]
  /** A moment, RFC 3339; undefined = as soon as it is activated. */
  at?: string
  window?: { from: string; to: string }
  spendCap?: number
  trackOpens: boolean
  trackClicks: boolean
  /** Options of a new campaign are the workspace's until somebody changes them. */
  ownOptions: boolean
}

let made = 0
const nextKey = () => `leg${++made}`

export const newLeg = (channel: Channel): DraftLeg => ({ key: nextKey(), channel, after: 0 })

/** Whether nothing of the campaign is a message: no consent is asked for and no hours are kept. */
export const onlyActs = (d: Pick<Draft, 'legs'>): boolean => d.legs.length > 0 && d.legs.every((l) => isAct(l.channel))

export const empty = (): Draft => ({
  name: '',
  purpose: 'marketing',
  everyone: false,
  entry: false,
  segments: [],
  condition: everybody,
  legs: [],
  trackOpens: false,
  trackClicks: false,
  ownOptions: false,
})

export function draftOf(c: Campaign): Draft {
  return {
    name: c.name,
    purpose: c.purpose,
    everyone: c.audience.everyone ?? false,
    entry: c.audience.entry ?? false,
    segments: c.audience.segment_ids ?? [],
    condition: c.audience.condition ? asCondition(c.audience.condition) : everybody,
    legs: (c.legs ?? []).map((l) => ({
      key: nextKey(),
      channel: channels.find((x) => x === l.channel) ?? 'zns',
      connection: l.connection_id || undefined,
      template: l.template_id || undefined,
      after: l.fallback_after_seconds ?? 0,
    })),
    at: c.schedule_at,
    window: c.options.window,
    spendCap: c.options.spend_cap,
    trackOpens: c.options.track_opens ?? false,
    trackClicks: c.options.track_clicks ?? false,
    ownOptions: true,
  }
}

export function formOf(d: Draft, seen?: string): Form {
  const legs: Leg[] = d.legs.map((l, i) => ({
    channel: l.channel,
    connection_id: l.connection ?? 0,
    template_id: l.template ?? 0,
    // The last one has nothing behind it.
    fallback_after_seconds: i < d.legs.length - 1 && l.after > 0 && l.channel !== 'wait' ? l.after : undefined,
  }))
  return {
    name: d.name,
    purpose: d.purpose,
    audience: d.entry
      ? { entry: true }
      : {
          everyone: d.everyone || undefined,
          segment_ids: d.everyone ? [] : d.segments,
          condition: isEverybody(d.condition) ? undefined : d.condition,
        },
    legs,
    options: d.ownOptions
      ? {
          window: d.window,
          spend_cap: d.spendCap,
          track_opens: d.trackOpens || undefined,
          track_clicks: d.trackClicks || undefined,
        }
      : undefined,
    schedule_at: d.at,
    seen_at: seen,
  }
}

/** Whom the audience takes, as one condition; undefined while nobody is chosen. */
export function audienceOf(d: Draft): Condition | undefined {
  if (d.entry) return undefined
  const extra = isEverybody(d.condition) ? [] : [d.condition]
  if (d.everyone) return extra[0] ?? everybody
  if (d.segments.length === 0) return undefined
  const segments: Condition = { field: 'segment', operator: 'in', value: d.segments }
  return extra.length === 0 ? segments : { op: 'and', items: [segments, ...extra] }
}

/** The step at which a mistake of the API is put right. */
export function stepOf(problem: { path: string; code: string }): Step {
  const path = problem.path.replace(/^body\.?/, '')
  if (/^audience/.test(path) || problem.code === 'campaign.missing_audience') return 'audience'
  if (/^(legs|purpose)/.test(path)) return 'channels'
  if (['campaign.missing_channel', 'campaign.missing_connection', 'campaign.missing_template'].includes(problem.code))
    return 'channels'
  return 'time'
}

/** The texts of mistakes at a field, by the API's path without "body." */
export const at = (problems: readonly FieldProblem[], path: string): string[] =>
  problems.filter((p) => p.path.replace(/^body\.?/, '') === path).map((p) => p.detail)

/** What is not filled in yet, by step. */
export function gaps(d: Draft): Partial<Record<Step, string[]>> {
  const out: Partial<Record<Step, string[]>> = {}
  if (!d.everyone && !d.entry && d.segments.length === 0) out.audience = ['campaign_missing_audience']
  const channels: string[] = []
  if (d.legs.length === 0) channels.push('campaign_missing_channel')
  if (d.legs.some((l) => !l.connection && !isBuiltin(l.channel))) channels.push('campaign_missing_connection')
  if (d.legs.some((l) => !l.template)) channels.push('campaign_missing_template')
  if (channels.length > 0) out.channels = channels
  if (!d.name.trim()) out.time = ['campaign_missing_name']
  return out
}

/** A moment as the clock on the workspace's wall shows it, for a picker that knows no zones. */
export const wallOf = (moment: string | undefined, zone: string): dayjs.Dayjs | null =>
  moment ? dayjs(dayjs(moment).tz(zone).format('YYYY-MM-DDTHH:mm')) : null

/** The moment at which the workspace's wall clock shows this. */
export const momentOf = (wall: dayjs.Dayjs, zone: string): string =>
  dayjs.tz(wall.format('YYYY-MM-DDTHH:mm'), zone).toISOString()

/** Moves one item of a list. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  const out = [...list]
  const [item] = out.splice(from, 1)
  if (item === undefined || to < 0 || to > out.length) return list
  out.splice(to, 0, item)
  return out
}
