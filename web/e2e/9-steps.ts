import { expect, test } from 'vitest'

import { begin, choose, create } from './4-templates'
import { base, simulator, texts, type Visitor } from './browser'
import { asOwner } from './owner'

/** Makes something through the API that the pages only choose from; gives its id. */
async function made(visitor: Visitor, path: string, data: object): Promise<number> {
  const answer = await visitor.context.request.post(`${base}/api/v1${path}`, { data, headers: { Origin: base } })
  const body = await answer.text()
  if (!answer.ok()) throw new Error(`POST ${path}: ${answer.status()} ${body}`)
  return (JSON.parse(body) as { id: number }).id
}

/** Looks at the finished editor and saves what it made. */
async function finish(visitor: Visitor, picture: string, name: string) {
  // Out of the last field, whose list may still be closing.
  await visitor.page.getByRole('heading', { level: 1 }).click()
  await visitor.still()
  await visitor.picture(picture, true)
  expect(await visitor.complaints()).toEqual([])
  await create(visitor, name)
}

test('a call is written, with the keys that the person may press', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await begin(visitor, 'ai_call', 'Xác nhận đơn (gọi)')
  await page
    .getByRole('textbox', { name: texts.callEditor.script, exact: true })
    .fill('Chào {{ contact.first_name | default: "quý khách" }}, đơn hoa của mình đã sẵn sàng.')
  await finish(visitor, '90-template-call', 'Xác nhận đơn (gọi)')
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('customers are written to another platform', async () => {
  const visitor = await asOwner()
  const s = texts.syncEditor
  const account = await made(visitor, '/connections', {
    provider: 'getresponse',
    name: 'GetResponse',
    getresponse: { base_url: `${simulator}/getresponse/v3` },
    secrets: { api_key: 'sim-getresponse-key' },
  })
  expect(account).toBeGreaterThan(0)
  await begin(visitor, 'sync', 'Sang GetResponse')
  await choose(visitor, s.account, 'GetResponse')
  await choose(visitor, s.list, 'khach_moi')
  await finish(visitor, '91-template-sync', 'Sang GetResponse')
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('vouchers and other acts are steps of their own', async () => {
  const visitor = await asOwner({ width: 390, height: 844, dark: true })
  const { page } = visitor
  await made(visitor, '/vouchers', { name: 'Tết Bính Ngọ', worth: 'Giảm 50.000 ₫' })
  await begin(visitor, 'voucher', 'Tặng mã Tết')
  await choose(visitor, texts.voucherEditor.voucher, 'Tết Bính Ngọ')
  await finish(visitor, '92-template-voucher', 'Tặng mã Tết')

  const a = texts.actionEditor
  await begin(visitor, 'action', 'Gắn thẻ VIP')
  await page.getByLabel(a.tags, { exact: true }).fill('VIP')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await finish(visitor, '93-template-action', 'Gắn thẻ VIP')
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('a wait and the start of another campaign', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await begin(visitor, 'wait', 'Chờ hai ngày')
  await page.getByRole('spinbutton', { name: texts.flow.wait.seconds, exact: true }).fill('2')
  await finish(visitor, '94-template-wait', 'Chờ hai ngày')
  await made(visitor, '/campaigns', {
    name: 'Chào mừng khách mới',
    purpose: 'care',
    audience: { entry: true },
    legs: [],
  })
  await begin(visitor, 'start_flow', 'Vào chào mừng')
  await choose(visitor, texts.flow.start.campaign, 'Chào mừng khách mới')
  await finish(visitor, '95-template-start', 'Vào chào mừng')
  expect(visitor.faults).toEqual([])
  await visitor.close()
})
