import { session } from './factories'

/** Template 4 of a channel. */
export const template = (channel: string, content: unknown) => ({
  id: 4,
  name: 'Mẫu thử',
  channel,
  version: 1,
  content,
  created_by: 'user:1',
  created_at: '2026-11-20T02:00:00Z',
  updated_at: '2026-11-20T02:00:00Z',
})

/** What the page of template 4 asks for, in a shop that has nothing else; tests put their own answers beside these. */
export const editing = (channel: string, content: unknown) => ({
  'GET /session': session(),
  'GET /setup': { needed: false },
  'GET /templates/4': template(channel, content),
  'GET /templates/4/versions': { items: [] },
  'GET /templates/4/uses': { items: [], count: 0 },
  'GET /connections': { items: [] as unknown[] },
  'GET /contacts': { items: [] },
  'GET /attributes': [] as unknown[],
  'GET /segments': { items: [] },
})
