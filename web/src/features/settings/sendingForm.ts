import type { Settings, Window } from './api'
import { clockTime, toClockTime } from './clockTime'
import { type Channel, channels } from './words'

/** A window of the form: switched on or off, with its times kept while it is off. */
export interface OwnWindow {
  own: boolean
  from: string
  to: string
}

/** The settings of sending as the form holds them. */
export interface SendingFields {
  hours: Record<Channel, OwnWindow>
  caps: { messages: number; emails: number; calls: number }
  window: OwnWindow
  spend_cap: number | null
  track_opens: boolean
  track_clicks: boolean
}

/** The law's limits: the most that can be set. */
export const lawCaps = { messages: 3, emails: 3, calls: 1 } as const

/** The hours of the law, with which an own window starts out. */
export const lawHours = (channel: Channel): Window =>
  channel === 'ai_call' ? { from: '08:00', to: '17:00' } : { from: '07:00', to: '22:00' }

// A field for times knows no 24:00; a window that ends at midnight says the same with 00:00.
const shown = (time: string) => (time === '24:00' ? '00:00' : time)

const opened = (window: Window | undefined, otherwise: Window): OwnWindow => ({
  own: Boolean(window),
  from: window?.from ?? otherwise.from,
  to: shown(window?.to ?? otherwise.to),
})

export function toFields(settings: Settings): SendingFields {
  return {
    hours: Object.fromEntries(
      channels.map((c) => [c, opened(settings.hours?.[c], lawHours(c))]),
    ) as SendingFields['hours'],
    caps: {
      messages: settings.caps?.messages || lawCaps.messages,
      emails: settings.caps?.emails || lawCaps.emails,
      calls: settings.caps?.calls || lawCaps.calls,
    },
    window: opened(settings.window, { from: '08:00', to: '20:00' }),
    spend_cap: settings.spend_cap || null,
    track_opens: settings.track_opens ?? false,
    track_clicks: settings.track_clicks ?? false,
  }
}

/** The hours that are switched on and complete. */
export function hoursOf(fields: SendingFields): Record<string, Window> {
  const out: Record<string, Window> = {}
  for (const c of channels) {
    const { own, from, to } = fields.hours[c]
    const window = { from: toClockTime(from), to: toClockTime(to) }
    if (own && clockTime.test(window.from) && clockTime.test(window.to)) out[c] = window
  }
  return out
}

/** The law's own limit is stored as "none of ours", so that it follows the law. */
const stricter = (n: number, law: number) => (n < law ? n : 0)

export function toSettings(fields: SendingFields): Settings {
  const { caps, window } = fields
  return {
    hours: hoursOf(fields),
    caps: {
      messages: stricter(caps.messages, lawCaps.messages),
      emails: stricter(caps.emails, lawCaps.emails),
      calls: stricter(caps.calls, lawCaps.calls),
    },
    window: window.own ? { from: toClockTime(window.from), to: toClockTime(window.to) } : undefined,
    spend_cap: fields.spend_cap ?? 0,
    track_opens: fields.track_opens,
    track_clicks: fields.track_clicks,
  }
}
