import { expect, test } from 'vitest'

import { begin, choose, create } from './4-templates'
import { fill, texts } from './browser'
import { asOwner } from './owner'

test('a message of the Zalo OA is written, with a button and as an approved template', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  const m = texts.messengerEditor
  const z = texts.zaloOAEditor
  await begin(visitor, 'zalo_oa', 'Hỏi thăm (Zalo OA)')
  await page
    .getByRole('textbox', { name: m.text, exact: true })
    .fill('Chào {{ contact.first_name | default: "bạn" }}, hoa có tươi không?')
  await page.getByRole('button', { name: m.addButton }).click()
  const button = page.getByRole('group', { name: fill(m.button, { number: 1 }) })
  await choose(visitor, `${fill(m.button, { number: 1 })}: ${m.act}`, z.acts.query)
  await button.getByRole('textbox').nth(0).fill('Rất tươi')
  await button.getByRole('textbox').nth(1).fill('#hoa_tuoi')
  await page.locator('.template-phone', { hasText: 'Rất tươi' }).waitFor()
  await visitor.picture('80-template-zalo-oa', true)
  expect(await visitor.complaints()).toEqual([])
  await create(visitor, 'Hỏi thăm (Zalo OA)')

  await begin(visitor, 'zalo_oa', 'Chăm sóc (mẫu ZBS)')
  await page.getByTitle(z.kinds.template, { exact: true }).click()
  await choose(visitor, texts.templates.zns.template, '100003')
  await page.getByText(/140/).first().waitFor() // the price of a message by user id
  await visitor.picture('81-template-zbs', true)
  expect(await visitor.complaints()).toEqual([])
  await create(visitor, 'Chăm sóc (mẫu ZBS)')
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('a request to a system of the shop is written, and shows what will be called', async () => {
  const visitor = await asOwner({ width: 390, height: 844 })
  const { page } = visitor
  const h = texts.httpEditor
  await begin(visitor, 'http_request', 'Báo CRM')
  await page.getByRole('textbox', { name: h.path, exact: true }).fill('/customers?name={{ contact.name }}')
  await page.getByRole('region', { name: h.call }).getByText('/customers?name=').waitFor()
  await page.getByRole('button', { name: h.addHeader }).click()
  const header = page.getByRole('group', { name: fill(h.header, { number: 1 }) })
  await header.getByRole('textbox').nth(0).fill('X-Shop')
  await header.getByRole('textbox').nth(1).fill('hoa')
  await page.getByRole('region', { name: h.call }).getByText('X-Shop: hoa').waitFor()
  await page.getByText(h.anyOff).first().waitFor()
  await visitor.picture('82-template-http', true)
  expect(await visitor.complaints()).toEqual([])
  await create(visitor, 'Báo CRM')
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('prices are kept and a bill is compared, however it was exported', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  const c = texts.costs
  await visitor.go('/connections')
  await page.getByRole('link', { name: texts.connections.p.esms.name }).first().click()
  await page.getByRole('link', { name: c.open }).first().click()
  await page.getByRole('heading', { name: c.title, level: 1 }).waitFor()
  await page.getByLabel(c.vnd, { exact: true }).fill('820')
  await page.getByRole('button', { name: c.add, exact: true }).click()
  await page.getByRole('cell', { name: /820/ }).first().waitFor()
  await page.getByLabel(c.month, { exact: true }).fill('11/2026')
  await page.keyboard.press('Enter')
  const bill = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  // A file that says nothing: the page asks for the columns and keeps what was chosen.
  await page.locator('input[type=file]').setInputFiles(bill('la.csv', 'a,b,c\n1,2,3\n'))
  await page.getByRole('button', { name: c.import }).click()
  await page.getByRole('alert').first().waitFor()
  await page.getByLabel(c.column.amount_column).waitFor()
  // One with a mark, titles above, another currency, the same line twice, and a sum below.
  await page
    .locator('input[type=file]')
    .setInputFiles(
      bill(
        'bang-ke.csv',
        '\uFEFFBẢNG KÊ;;;\n;;;\nSTT;Mã tin;Số điện thoại;Thành tiền\n1;la-1;0901234567;"1.200 ₫"\n1;la-1;0901234567;1.200\n2;usd;0901234567;0.05 USD\nTổng;;;2.400\n',
      ),
    )
  await page.getByRole('button', { name: c.import }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('la-1').first().waitFor()
  await visitor.picture('83-invoice')
  expect(await visitor.complaints()).toEqual([])
  await drawer.getByRole('button').first().click()
  await page.getByText(`${c.v.not_sent}: 2`).waitFor()
  await visitor.picture('84-costs', true)
  expect(await visitor.complaints()).toEqual([])
  expect(visitor.faults).toEqual([])
  await visitor.close()
})
