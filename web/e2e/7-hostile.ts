import { expect, test } from 'vitest'

import { base } from './browser'
import { nasty, payloads } from './hostile'
import { asOwner } from './owner'

/** Makes one of everything whose every free field is a payload, over the API as a program would. */
async function spoil(request: {
  post: (
    url: string,
    options: { data: unknown },
  ) => Promise<{ status: () => number; json: () => Promise<unknown>; text: () => Promise<string> }>
}) {
  const made: Record<string, number> = {}
  const make = async (name: string, path: string, data: unknown) => {
    const answer = await request.post(`${base}/api/v1${path}`, { data })
    if (answer.status() >= 300) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
    made[name] = ((await answer.json()) as { id: number }).id
  }
  await make('attribute', '/attributes', { id: 0, key: 'ghi_chu_la', label: nasty, type: 'text' })
  await make('contact', '/contacts', {
    name: nasty,
    phone: '0905123456',
    external_id: '"><script>window.hacked=1</script>',
    tags: payloads.slice(0, 3).map((p) => p.slice(0, 60)),
    attrs: { ghi_chu_la: payloads.join(' ') },
  })
  await make('segment', '/segments', {
    name: nasty,
    description: payloads[2],
    condition: {
      op: 'or',
      items: payloads.slice(0, 4).map((value) => ({ field: 'name', operator: 'contains', value })),
    },
  })
  await make('sms', '/templates', {
    name: nasty,
    channel: 'sms',
    content: { text: payloads.filter((p) => !p.includes('{{')).join(' ') },
  })
  await make('email', '/templates', {
    name: `${nasty} 2`,
    channel: 'email',
    content: {
      subject: payloads[1],
      html: `<p>Chào</p>${payloads.filter((p) => !p.includes('{{')).join('\n')}`,
      preheader: payloads[2],
      purpose: 'care',
    },
  })
  await make('campaign', '/campaigns', { name: nasty, audience: { segment_ids: [made.segment] } })
  await make('voucher', '/vouchers', { name: nasty, worth: payloads[1], description: payloads[6] })
  return made
}

test('no script runs from any free text, anywhere', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  const made = await spoil(visitor.context.request)
  const addresses = [
    '/',
    '/contacts',
    `/contacts/${made.contact}`,
    '/segments',
    `/segments/${made.segment}`,
    `/segments/${made.segment}/edit`,
    '/templates',
    `/templates/${made.sms}`,
    `/templates/${made.email}`,
    '/campaigns',
    `/campaigns/${made.campaign}`,
    `/campaigns/${made.campaign}/edit`,
    '/vouchers',
    `/vouchers/${made.voucher}`,
    '/connections',
    '/settings/audit',
  ]
  for (const address of addresses) {
    await visitor.go(address)
    const hacked = await page.evaluate(() => 'hacked' in window)
    expect(hacked, address).toBe(false)
  }
  // The mail's preview stands in a frame of its own, where nothing runs either.
  await visitor.go(`/templates/${made.email}`)
  for (const frame of page.frames()) {
    const hacked = await frame.evaluate(() => 'hacked' in window).catch(() => false)
    expect(hacked).toBe(false)
  }
  await visitor.picture('70-hostile-mail', true)
  const policy = (await visitor.context.request.get(`${base}/`)).headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'self'")
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  // What the policy stopped is told on the console; that it had to stop something is a fault of ours.
  expect(visitor.faults.filter((f) => !f.includes('sandboxed'))).toEqual([])
  await visitor.close()
})
