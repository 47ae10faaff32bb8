import { expect, test } from 'vitest'

import { fill, texts } from './browser'
import { asOwner } from './owner'
import { customerFile, reachable, refused } from './people'

test('a customer file comes in: columns are found, bad rows are told', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await visitor.go('/contacts/import')
  expect(await visitor.complaints()).toEqual([])
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'khach-hang.csv', mimeType: 'text/csv', buffer: Buffer.from(customerFile()) })
  await page.getByRole('heading', { name: texts.imports.mapping }).waitFor()
  await visitor.still()
  await visitor.picture('10-import-mapping', true)
  expect(await visitor.complaints()).toEqual([])

  await page.getByRole('checkbox', { name: texts.imports.consent }).check()
  for (const channel of ['zns', 'sms', 'email'] as const) {
    const box = page.getByRole('checkbox', { name: texts.channel[channel], exact: true })
    if ((await box.count()) > 0 && !(await box.isChecked())) await box.check()
  }
  await page.getByLabel(texts.imports.consentSource).fill('Phiếu thành viên tại quầy')
  await page.getByLabel(texts.imports.consentShown).fill('Tôi đồng ý nhận tin của Tiệm Hoa')
  await page.getByRole('button', { name: texts.imports.start }).click()
  await page.getByText(fill(texts.imports.finished_other, { count: reachable + 2 })).waitFor()
  await visitor.still()
  await visitor.picture('11-import-result', true)
  expect(await visitor.complaints()).toEqual([])
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('a segment is built, counted while it is edited, and saved', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await visitor.go('/segments/new')
  await page.getByLabel(texts.segments.name).fill('Khách có điện thoại')
  await page.getByRole('button', { name: texts.condition.addRule }).click()
  await page.getByLabel(fill(texts.condition.field, { place: '1' })).click()
  await page.keyboard.type(texts.segments.phone)
  await page.keyboard.press('Enter')
  const operator = page.getByLabel(fill(texts.condition.operator, { place: '1' }))
  await operator.click()
  await page
    .getByRole('option', { name: texts.condition.op.has_any, exact: true })
    .or(page.locator('.ant-select-item-option', { hasText: texts.condition.op.has_any }))
    .first()
    .click()
  await page
    .getByText(new RegExp(`^${reachable} `))
    .first()
    .waitFor()
  await visitor.picture('12-segment-edit')
  expect(await visitor.complaints()).toEqual([])

  // Leaving asks while something is unsaved.
  await page.getByRole('menuitem', { name: texts.campaigns.title }).click()
  await page.getByText(texts.leave.title).last().waitFor()
  await page.getByRole('button', { name: texts.leave.stay }).click()

  await page.getByRole('button', { name: texts.segments.create }).click()
  await page.getByRole('heading', { level: 1, name: 'Khách có điện thoại' }).waitFor()
  await page.getByText(refused.name).or(page.getByText('+849')).first().waitFor()
  await visitor.still()
  await visitor.picture('13-segment')
  expect(await visitor.complaints()).toEqual([])
  expect(visitor.faults).toEqual([])
  await visitor.close()
})
