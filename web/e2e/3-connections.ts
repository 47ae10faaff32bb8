import { expect, test } from 'vitest'

import { simulator, smtp, texts, type Visitor } from './browser'
import { asOwner } from './owner'

const t = texts.connections

/** Goes through the guided set-up of one provider: the fields by their labels, those of the simulator under "advanced". */
export async function connect(
  visitor: Visitor,
  provider: keyof typeof t.p,
  fields: [label: string, value: string][],
  advanced: [label: string, value: string][],
) {
  const { page } = visitor
  await visitor.go('/connections/new')
  await page.getByRole('button', { name: `${t.new}: ${t.p[provider].name}` }).click()
  await page.getByRole('heading', { name: t.guide }).waitFor()
  for (const [label, value] of fields) await page.getByLabel(label, { exact: true }).fill(value)
  if (advanced.length > 0) {
    await page.getByText(t.advanced, { exact: true }).click()
    for (const [label, value] of advanced) await page.getByLabel(label, { exact: true }).fill(value)
  }
}

/** Saves the form and waits for the good answer of its test. */
export async function saved({ page }: Visitor) {
  await page.getByRole('button', { name: t.saveTest }).click()
  await page.getByText(t.testOk.split('(')[0] ?? '').waitFor()
}

test('three connections are set up, and each answers its test', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await visitor.go('/connections')
  await visitor.picture('20-connections-empty')
  expect(await visitor.complaints()).toEqual([])

  // A mistake is shown at its field, and nothing typed is lost.
  await connect(
    visitor,
    'zalo',
    [
      [t.f.app_id, 'không phải số'],
      [t.f.oa_id, '2000000000000000001'],
    ],
    [],
  )
  await page.getByRole('button', { name: t.saveTest }).click()
  await page.locator('.ant-form-item-has-error', { hasText: t.f.app_id }).waitFor()
  await visitor.picture('21-connection-mistake', true)
  expect(await visitor.complaints()).toEqual([])
  expect(await page.getByLabel(t.f.oa_id, { exact: true }).inputValue()).toBe('2000000000000000001')
  const zalo: [string, string][] = [
    [t.f.app_id, '1000000000000000001'],
    [t.f.app_secret, 'demo-app-secret'],
    [t.f.access_token, 'sim-access-token'],
    [t.f.refresh_token, 'sim-refresh-token'],
    [t.f.webhook_secret, 'demo-oa-secret-key'],
  ]
  for (const [label, value] of zalo) await page.getByLabel(label, { exact: true }).fill(value)
  await page.getByText(t.advanced, { exact: true }).click()
  await page.getByLabel(t.baseUrl, { exact: true }).fill(`${simulator}/zalo`)
  await page.getByLabel(t.f.oauth_url, { exact: true }).fill(`${simulator}/zalo-oauth`)
  await saved(visitor)
  await visitor.picture('22-connection-made')
  // What a person does in Zalo's console: enter the address for reports.
  const hook = (await page.locator('code', { hasText: '/hooks/zalo/' }).first().innerText()).trim()
  const told = await page.request.post(`${simulator}/control`, { data: { zalo_webhook_url: hook } })
  expect(told.status()).toBe(200)
  expect(await visitor.complaints()).toEqual([])

  await connect(
    visitor,
    'esms',
    [
      [t.f.brandname, 'LOASHOP'],
      [t.f.api_key, 'sim-esms-key'],
      [t.f.secret_key, 'sim-esms-secret'],
      [t.f.price_per_part, '850'],
    ],
    [[t.baseUrl, `${simulator}/esms`]],
  )
  await saved(visitor)

  const [host = '', port = ''] = smtp.split(':')
  await connect(
    visitor,
    'smtp',
    [
      [t.f.host, host],
      [t.f.port, port],
      [t.f.from, 'cskh@tiemhoa.example'],
      [t.f.from_name, 'Tiệm Hoa'],
      [t.f.bounce_domain, 'bounce.tiemhoa.example'],
    ],
    [],
  )
  await page.getByLabel(t.f.tls, { exact: true }).click()
  await page.locator('.ant-select-item-option', { hasText: t.f.tlsNone }).click()
  await saved(visitor)

  await visitor.go('/connections')
  await visitor.picture('23-connections')
  expect(await visitor.complaints()).toEqual([])
  await page.getByRole('link', { name: t.p.zalo.name }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await visitor.still()
  await visitor.picture('24-connection', true)
  expect(await visitor.complaints()).toEqual([])
  expect(visitor.faults).toEqual([])
  await visitor.close()
})
