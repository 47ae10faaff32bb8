import type { LegWhy } from './api'

/** One thing that happened to a message, in the order of time. */
export type Happening =
  | { kind: 'call'; at: number; no: number; result: string; code?: string; detail?: string; raw?: string }
  | { kind: 'callback'; at: number; event: string; fact?: string; code?: string; raw?: string }
  | { kind: 'hit'; at: number; what: string; slot: number; machine: boolean }
  | { kind: 'fact'; at: number; fact: string }

/** Facts that calls show already. */
const fromCalls = new Set(['requested', 'accepted', 'failed'])

/** Puts calls, callbacks and looks at links in order, and adds the facts that none of them shows. */
export function happenings(leg: LegWhy): Happening[] {
  const attempts = leg.attempts ?? []
  const callbacks = leg.callbacks ?? []
  const hits = leg.hits ?? []
  const shown = new Set(callbacks.map((c) => c.fact))
  if (hits.some((h) => h.verdict === 'human' && h.kind === 'open')) shown.add('opened')
  if (hits.some((h) => h.verdict === 'human' && h.kind === 'click')) shown.add('clicked')
  const out: Happening[] = [
    ...attempts.map((a) => ({
      kind: 'call' as const,
      at: a.started_at,
      no: a.no,
      result: a.class,
      code: a.code || undefined,
      detail: a.detail || undefined,
      raw: a.raw || undefined,
    })),
    ...callbacks.map((c) => ({
      kind: 'callback' as const,
      at: c.at || c.received_at,
      event: c.event,
      fact: c.fact || undefined,
      code: c.code || undefined,
      raw: c.raw || undefined,
    })),
    ...hits.map((h) => ({
      kind: 'hit' as const,
      at: h.at,
      what: h.kind,
      slot: h.slot,
      machine: h.verdict === 'machine',
    })),
    ...Object.entries(leg.facts)
      .filter(([fact]) => !shown.has(fact) && !(attempts.length > 0 && fromCalls.has(fact)))
      .map(([fact, at]) => ({ kind: 'fact' as const, at, fact })),
  ]
  return out.sort((a, b) => a.at - b.at)
}
