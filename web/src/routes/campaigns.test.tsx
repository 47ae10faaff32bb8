import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { formOf, draftOf, gaps, moved, momentOf, stepOf, wallOf } from '@/features/campaign/wizard/draft'
import { filled } from '@/features/report/Course'
import { activity, campaign, counts, session } from '@/test/factories'
import { open } from '@/test/render'
import { type Asked, problem, serve } from '@/test/server'

const signedIn = { 'GET /session': session(), 'GET /setup': { needed: false } }
const pieces = {
  ...signedIn,
  'GET /segments': { items: [{ id: 5, name: 'Khách VIP' }] },
  'GET /segments/5': { id: 5, name: 'Khách VIP' },
  'GET /segments/fields': { items: [], events: [] },
  'POST /segments/count': { count: 1992 },
  'POST /segments/sample': { items: [], summary: 'Tất cả' },
  'POST /segments/summary': { summary: 'Tất cả' },
  'GET /connections': {
    items: [
      { id: 1, channel: 'zns', name: 'OA Shop', state: 'active' },
      { id: 2, channel: 'sms', name: 'SHOP', state: 'active' },
    ],
  },
  'GET /templates': { items: [{ id: 1, name: 'Mẫu 1' }] },
  'GET /templates/1': { id: 1, name: 'Mẫu 1', content: {} },
  'GET /templates/2': { id: 2, name: 'Mẫu 2', content: {} },
  'POST /templates/preview': { text: 'Chao An' },
  'POST /workspace/sending': { lines: [] },
}
const draft = (part = {}) =>
  campaign({ state: 'pending_activation', run_id: undefined, counts: undefined, started_at: undefined, ...part })
const forecast = (part = {}) => ({
  people: 100,
  will_send: 90,
  unreachable: 10,
  duplicates: 0,
  cost_vnd: 20000,
  cost_max_vnd: 50000,
  seconds: 0,
  opens_at: 1763607600000,
  notes: [],
  problems: [],
  reasons: { no_consent: 10 },
  ranks: [
    {
      rank: 0,
      channel: 'zns',
      connection_id: 1,
      people: 90,
      fallback: 0,
      duplicates: 0,
      refused: { no_address: 3 },
      unit_vnd: 200,
      cost_vnd: 18000,
      seconds: 0,
      sample_size: 0,
      sample_refused: 0,
    },
  ],
  ...part,
})

test('the first step stores a draft with gaps and leads to the second', async () => {
  const made = draft({ state: 'draft', name: '', legs: [], missing: ['campaign.missing_name'] })
  const asked = serve({ ...pieces, 'POST /campaigns': made, 'GET /campaigns/7': made })
  const router = open('/campaigns/new')
  const user = userEvent.setup()
  await user.click(await screen.findByLabelText('Tất cả khách hàng'))
  await screen.findByText(/1.992 khách hàng/)
  await user.click(screen.getAllByRole('button', { name: 'Tiếp tục' })[0] as HTMLElement)
  await waitFor(() => {
    expect(router.state.location.pathname).toBe('/campaigns/7/edit')
  })
  expect(router.state.location.search).toMatchObject({ step: 'channels' })
  expect(asked.find((a) => a.method === 'POST' && a.path === '/campaigns')?.body).toMatchObject({
    audience: { everyone: true },
    legs: [],
  })
  expect(await screen.findByRole('heading', { level: 2, name: 'Gửi qua kênh nào, tin gì?' })).toBeTruthy()
})

test('channels change their order by the keyboard; a mistake of the API stands at its field', async () => {
  const asked = serve({
    ...pieces,
    'GET /campaigns/7': draft(),
    'PUT /campaigns/7': problem(422, 'campaign.invalid', 'Chiến dịch chưa hợp lệ.', [
      { path: 'legs[0].template_id', code: 'template.not_found', detail: 'Không có mẫu tin này.' },
    ]),
  })
  open('/campaigns/7/edit?step=channels')
  const user = userEvent.setup()
  const up = await screen.findByRole('button', { name: 'Đưa lên trước: Dự phòng 1: SMS' })
  up.focus()
  await user.keyboard('{Enter}')
  expect(await screen.findByText('Kênh chính: SMS')).toBeTruthy()
  await user.click(screen.getAllByRole('button', { name: 'Tiếp tục' })[0] as HTMLElement)
  expect(await screen.findByText('Không có mẫu tin này.')).toBeTruthy()
  const body = asked.find((a) => a.method === 'PUT')?.body as { legs: { channel: string }[]; seen_at: string }
  expect(body.legs.map((l) => l.channel)).toEqual(['sms', 'zns'])
  expect(body.seen_at).toBe('2026-11-20T02:00:00Z')
})

test('the review names what stands in the way and leads to its step; numbers open their people', async () => {
  const asked = serve({
    ...pieces,
    'GET /campaigns/7': draft(),
    'GET /campaigns/7/forecast': forecast({
      problems: [{ path: 'legs[0].connection_id', code: 'campaign.connection_held', detail: 'Kết nối đang tạm giữ.' }],
    }),
    'GET /campaigns/7/forecast/people': { items: [{ id: 4, name: 'Trần Bình', phone: '+84900000004' }] },
  })
  const router = open('/campaigns/7/edit?step=review')
  const user = userEvent.setup()
  expect(await screen.findByText(/Kết nối đang tạm giữ/)).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Kích hoạt' }).hasAttribute('disabled')).toBe(true)
  await user.click(screen.getByRole('button', { name: 'ZNS, Không có địa chỉ: 3' }))
  expect(await screen.findByText('Trần Bình')).toBeTruthy()
  const last = asked.find((a) => a.path.endsWith('/forecast/people'))
  expect([last?.query.get('rank'), last?.query.get('reason')]).toEqual(['0', 'no_address'])
  await user.click(screen.getByRole('button', { name: 'Tới bước “Thực thi”', hidden: true }))
  await waitFor(() => {
    expect(router.state.location.search).toMatchObject({ step: 'channels' })
  })
})

test('the activation asks first, with people and cost', async () => {
  const asked = serve({
    ...pieces,
    'GET /campaigns/7': draft(),
    'GET /campaigns/7/forecast': forecast(),
    'POST /campaigns/7/activate': campaign(),
    'GET /campaigns/7/counts': counts(),
    'GET /campaigns/7/activity': { items: [] },
    'GET /campaigns/7/log': { items: [] },
  })
  const router = open('/campaigns/7/edit?step=review')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Kích hoạt' }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText(/Dự kiến gửi cho 90 người/)).toBeTruthy()
  expect(asked.some((a) => a.method === 'POST' && a.path.endsWith('/activate'))).toBe(false)
  await user.click(within(dialog).getByRole('button', { name: 'Kích hoạt' }))
  await waitFor(() => {
    expect(router.state.location.pathname).toBe('/campaigns/7')
  })
})

test('people with refused values are named before the activation goes on without them', async () => {
  let confirmed = false
  const asked = serve({
    ...pieces,
    'GET /campaigns/7': draft(),
    'GET /campaigns/7/forecast': forecast(),
    'POST /campaigns/7/activate': (a: Asked) => {
      confirmed = (a.body as { confirm_values?: boolean } | undefined)?.confirm_values === true
      return confirmed
        ? campaign()
        : problem(422, 'campaign.values_refused', '3 khách thiếu hoặc sai giá trị.', [
            { path: 'legs[0].values.name', code: 'campaign.value.missing', detail: '“name” bị trống: 3 khách.' },
          ])
    },
    'GET /campaigns/7/forecast/people': { items: [{ id: 51, name: 'Trần Bình', phone: '+84900000051' }] },
    'GET /campaigns/7/counts': counts(),
    'GET /campaigns/7/activity': { items: [] },
    'GET /campaigns/7/log': { items: [] },
  })
  const router = open('/campaigns/7/edit?step=review')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Kích hoạt' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Kích hoạt' }))
  expect(await screen.findByText('3 khách thiếu hoặc sai giá trị.')).toBeTruthy()
  expect(screen.getByText('ZNS: “name” bị trống: 3 khách.')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Xem danh sách khách hàng' }))
  expect((await screen.findByRole('link', { name: 'Trần Bình' })).getAttribute('href')).toBe('/contacts/51')
  const last = asked.find((a) => a.path.endsWith('/forecast/people'))
  expect([last?.query.get('rank'), last?.query.get('reason')]).toEqual(['-1', 'values'])
  expect(confirmed).toBe(false)
  await user.click(screen.getByRole('button', { name: 'Vẫn kích hoạt' }))
  await waitFor(() => {
    expect(router.state.location.pathname).toBe('/campaigns/7')
  })
  expect(confirmed).toBe(true)
})

test('a segment that was just made is chosen', async () => {
  const asked = serve({
    ...pieces,
    'GET /campaigns/7': draft({ audience: { segment_ids: [] } }),
    'PUT /campaigns/7': (a: Asked) => draft({ audience: (a.body as { audience: object }).audience }),
  })
  open('/campaigns/7/edit?step=audience&segment=5')
  expect(await screen.findByText('Khách VIP')).toBeTruthy()
  await userEvent.click(screen.getAllByRole('button', { name: 'Tiếp tục' })[0] as HTMLElement)
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'PUT')?.body).toMatchObject({ audience: { segment_ids: [5] } })
  })
})

test('causes open the people they concern; unknown outcomes are decided with a reason', async () => {
  const asked = serve({
    ...signedIn,
    'GET /campaigns/7': campaign(),
    'GET /campaigns/7/counts': counts({ total: { ...counts().total, unknown: 4 } }),
    'GET /campaigns/7/activity': { items: [activity()] },
    'GET /campaigns/7/series': {
      campaign_id: 7,
      run_id: 3,
      step: 'hour',
      zone: 'Asia/Ho_Chi_Minh',
      facts: [],
      points: [],
    },
    'GET /campaigns/7/log': {
      items: [{ id: 1, at: '2026-11-20T02:00:00Z', actor: 'user:1', name: 'Chủ', action: 'campaign.activate' }],
    },
    'GET /campaigns/7/failures': {
      items: [
        {
          rank: 0,
          channel: 'zns',
          connection_id: 1,
          status: 'failed',
          count: 12,
          cause: {
            code: '-118',
            class: 'recipient',
            provider: 'zalo',
            meaning: 'Số này không có Zalo.',
            advice: 'Dùng SMS.',
          },
        },
      ],
    },
    'POST /campaigns/7/resolve': { resolved: 4 },
  })
  const router = open('/campaigns/7')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: '12 tin: Số này không có Zalo.' }))
  await waitFor(() => {
    expect(router.state.location.search).toMatchObject({ status: 'failed', rank: 0, code: '-118' })
  })
  expect(await screen.findByText('Kích hoạt')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Kết luận' }))
  const dialog = await screen.findByRole('dialog')
  await user.click(within(dialog).getByLabelText('Đã gửi đi'))
  await user.type(within(dialog).getByLabelText('Vì sao bạn biết'), 'Đã hỏi nhà mạng')
  await user.click(within(dialog).getByRole('button', { name: 'Kết luận' }))
  await waitFor(() => {
    expect(asked.find((a) => a.method === 'POST')?.body).toEqual({ sent: true, reason: 'Đã hỏi nhà mạng' })
  })
})

test('drafts keep their meaning on the way to the API and back', () => {
  const d = draftOf(campaign())
  expect(formOf(d).legs?.map((l) => l.channel)).toEqual(['zns', 'sms'])
  expect(gaps({ ...d, everyone: false, segments: [], legs: [], name: ' ' })).toEqual({
    audience: ['campaign_missing_audience'],
    channels: ['campaign_missing_channel'],
    time: ['campaign_missing_name'],
  })
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  expect(stepOf({ path: 'body.audience.segment_ids[0]', code: 'segment.not_found' })).toBe('audience')
  expect(stepOf({ path: '', code: 'campaign.missing_template' })).toBe('channels')
  expect(stepOf({ path: 'options.window', code: 'x' })).toBe('time')
})

test('the picker shows the clock of the workspace, wherever the browser is', () => {
  const wall = wallOf('2026-11-20T02:30:00Z', 'Asia/Ho_Chi_Minh')
  expect(wall?.format('DD/MM/YYYY HH:mm')).toBe('20/11/2026 09:30')
  expect(wall && momentOf(wall, 'Asia/Ho_Chi_Minh')).toBe('2026-11-20T02:30:00.000Z')
})

test('steps without events fall to nothing; long pauses stay short', () => {
  const at = (...minutes: number[]) => minutes.map((m) => ({ at: m * 60_000, counts: [1] }))
  const series = { campaign_id: 7, run_id: 3, step: 'minute' as const, zone: 'UTC', facts: ['delivered'] }
  expect(filled({ ...series, points: at(1, 3) }).map((p) => p.counts[0])).toEqual([1, 0, 1])
  expect(filled({ ...series, points: at(1, 5000) }).map((p) => p.at / 60_000)).toEqual([1, 2, 4999, 5000])
})
