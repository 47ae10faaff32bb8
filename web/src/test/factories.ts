import type { components } from '@/api/schema'

type Schemas = components['schemas']

/** Builds a campaign that runs; give what the test is about. */
export function campaign(part: Partial<Schemas['Campaign']> = {}): Schemas['Campaign'] {
  return {
    id: 7,
    name: 'Khai trương Thủ Đức',
    state: 'running',
    purpose: 'marketing',
    audience: { everyone: true },
    legs: [
      { channel: 'zns', connection_id: 1, template_id: 1 },
      { channel: 'sms', connection_id: 2, template_id: 2 },
    ],
    options: {},
    run_id: 3,
    missing: [],
    created_by: 'user:1',
    created_at: '2026-11-20T02:00:00Z',
    updated_at: '2026-11-20T02:00:00Z',
    started_at: '2026-11-20T03:00:00Z',
    dispatched: true,
    spent: 123456,
    counts: words({ total: 100, superseded: 10, delivered: 70, queued: 15, failed: 15 }),
    ...part,
  } as Schemas['Campaign']
}

export function words(part: Record<string, number> = {}): Record<string, number> {
  return { total: 0, superseded: 0, cost: 0, ...part }
}

export function counts(part: Partial<Schemas['ReportCounts']> = {}): Schemas['ReportCounts'] {
  const zns = words({ total: 90, superseded: 10, sent: 80, delivered: 60, queued: 15, failed: 15, processing: 0 })
  const sms = words({ total: 10, sent: 10, delivered: 10, failed: 0, queued: 0, processing: 0, clicked: 2 })
  return {
    campaign_id: 7,
    run_id: 3,
    state: 'running',
    dispatched: true,
    people: 90,
    waiting: 15,
    spent: 123456,
    legs: [
      leg(0, 'zns', ['sent', 'processing', 'delivered', 'failed', 'queued'], zns),
      leg(1, 'sms', ['sent', 'processing', 'delivered', 'clicked', 'failed', 'queued'], sms),
    ],
    channels: [],
    total: words({ total: 100, superseded: 10, sent: 90, delivered: 70, queued: 15, failed: 15, clicked: 2 }),
    ...part,
  }
}

function leg(rank: number, channel: string, of: string[], n: Record<string, number>): Schemas['ReportLegCount'] {
  return { rank, channel, connection_id: rank + 1, template_id: rank + 1, template: 'Mẫu', words: of, counts: n }
}

export function activity(part: Partial<Schemas['ReportActivity']> = {}): Schemas['ReportActivity'] {
  return {
    message_id: 900,
    run_id: 3,
    contact: { id: 41, name: 'Nguyễn Thị Hà', phone: '+84901234567' },
    rank: 0,
    channel: 'zns',
    connection_id: 1,
    status: 'failed',
    counted: ['sent', 'failed'],
    cause: { code: '-118', class: 'recipient', provider: 'zalo', meaning: 'Số này không có tài khoản Zalo.' },
    price: 0,
    facts: { requested: 1763607600000, failed: 1763607601000 },
    ...part,
  }
}

export function why(part: Partial<Schemas['ReportWhy']> = {}): Schemas['ReportWhy'] {
  return {
    campaign_id: 7,
    campaign: 'Khai trương Thủ Đức',
    campaign_state: 'running',
    contact: { id: 41, name: 'Nguyễn Thị Hà', phone: '+84901234567' },
    outcome: 'failed',
    sentences: [{ code: 'why.leg_failed', text: 'ZNS bị từ chối: số này không có tài khoản Zalo.' }],
    enlisted: true,
    in_audience: true,
    audience: [{ segment_id: 5, name: 'Khách VIP', condition: {}, met: true }],
    channels: [],
    shared_with: [],
    consents: [],
    suppressions: [],
    legs: [
      {
        id: 900,
        run_id: 3,
        contact_id: 41,
        rank: 0,
        channel: 'zns',
        connection_id: 1,
        state: 'failed',
        status: 'failed',
        price: 0,
        cause: {
          code: '-118',
          class: 'recipient',
          provider: 'zalo',
          meaning: 'Số này không có tài khoản Zalo.',
          advice: 'Dùng kênh dự phòng SMS.',
        },
        facts: { requested: 1763607600000, failed: 1763607601000 },
        attempts: [
          {
            no: 1,
            started_at: 1763607600000,
            ended_at: 1763607601000,
            class: 'recipient',
            code: '-118',
            raw: '<script>alert(1)</script>',
          },
        ],
        callbacks: [],
        hits: [],
      },
    ],
    ...part,
  }
}

export function session(part: Partial<Schemas['WorkspaceSessionBody']> = {}): Schemas['WorkspaceSessionBody'] {
  const workspace = { id: 1, name: 'Shop', timezone: 'Asia/Ho_Chi_Minh', role: 'owner' }
  return {
    user: { id: 1, name: 'Chủ', email: 'chu@shop.vn', language: 'vi' },
    role: 'owner',
    workspace,
    workspaces: [workspace],
    set_password: false,
    ...part,
  }
}
