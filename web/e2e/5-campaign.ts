import { expect, test } from 'vitest'

import { fill, texts, type Visitor } from './browser'
import { asOwner } from './owner'
import { attacker, refused } from './people'

const w = texts.wizard

/** Chooses in the n-th select with this label. */
async function pick(visitor: Visitor, label: string, nth: number, option: string) {
  const { page } = visitor
  await page.getByRole('combobox', { name: label, exact: true }).nth(nth).click()
  const place = page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option }).first()
  await place.click()
  await page
    .locator('.ant-select-dropdown:visible')
    .waitFor({ state: 'hidden' })
    .catch(() => undefined)
}

async function next(visitor: Visitor, button: string, title: string) {
  const { page } = visitor
  await page
    .getByRole('button', { name: new RegExp(`${button}$`) })
    .first()
    .click()
  await page.getByRole('heading', { name: title }).waitFor()
  await visitor.still()
}

test('a broadcast in four steps: group, channels with fallbacks, time, review; then it runs', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await visitor.go('/campaigns')
  await visitor.picture('40-campaigns-empty')
  expect(await visitor.complaints()).toEqual([])
  await visitor.go('/campaigns/new')
  await page.getByLabel(w.audience.choose, { exact: true }).click()
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: 'Khách có điện thoại' }).click()
  // A picker of many stays open until one clicks elsewhere.
  await page.getByRole('heading', { name: w.title.audience }).click()
  await page.locator('.ant-select-dropdown:visible').waitFor({ state: 'hidden' })
  await page.getByText(/^60/).first().waitFor()
  await visitor.picture('41-wizard-audience')
  expect(await visitor.complaints()).toEqual([])
  await next(visitor, texts.common.continue, w.title.channels)

  await pick(visitor, texts.campaign.purpose, 0, texts.purpose.care)
  const legs = [
    ['zns', texts.connections.p.zalo.name, 'Cảm ơn (ZNS)'],
    ['sms', texts.connections.p.esms.name, 'Cảm ơn (SMS)'],
    ['email', texts.connections.p.smtp.name, 'Cảm ơn (email)'],
  ] as const
  for (const [i, [channel, connection, template]] of legs.entries()) {
    await page.getByRole('button', { name: i > 0 ? w.channels.addFallback : w.channels.main }).click()
    await page.getByRole('menuitem', { name: texts.channel[channel], exact: true }).last().click()
    await pick(visitor, w.channels.connection, i, connection)
    await pick(visitor, w.channels.template, i, template)
  }
  await visitor.still()
  await visitor.picture('42-wizard-channels', true)
  expect(await visitor.complaints()).toEqual([])
  await next(visitor, texts.common.continue, w.title.time)

  await page.getByLabel(w.time.name).fill('Cảm ơn tháng 11')
  await visitor.picture('43-wizard-time', true)
  expect(await visitor.complaints()).toEqual([])
  await next(visitor, w.saveAndReview, w.title.review)
  await visitor.still()
  await visitor.picture('44-wizard-review', true)
  expect(await visitor.complaints()).toEqual([])

  await page.getByRole('button', { name: texts.action.activate }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await visitor.picture('45-activate')
  await dialog.getByRole('button', { name: texts.action.activate }).click()
  await page.getByRole('heading', { level: 1, name: 'Cảm ơn tháng 11' }).waitFor()

  // The numbers come by themselves: nothing is reloaded here.
  await page
    .getByText(fill(texts.campaign.progress, { done: 60, total: 60 }))
    .first()
    .waitFor({ timeout: 60_000 })
  // Receipts come after the sends; a number that has people behind it is a button.
  await page
    .getByRole('button', { name: new RegExp(`^${texts.status.delivered}.*ZNS.*: 5\\d$`) })
    .first()
    .waitFor({ timeout: 60_000 })
  await visitor.still()
  await visitor.picture('46-campaign', true)
  expect(await visitor.complaints()).toEqual([])
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('one person’s "Vì sao?": refused on ZNS, reached by a fallback or told why not', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await visitor.go('/campaigns')
  await visitor.picture('47-campaigns')
  await page.getByRole('link', { name: 'Cảm ơn tháng 11' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await visitor.still()
  const search = page.getByLabel(texts.people.search)
  await search.fill('tu choi')
  await search.press('Enter')
  await page
    .getByRole('button', { name: fill(texts.people.whyOf, { name: refused.name }) })
    .first()
    .click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText(texts.why.timeline).waitFor()
  await drawer.getByText('ZNS').first().waitFor()
  await drawer.getByText(texts.channel.email).first().waitFor()
  await visitor.still()
  await visitor.picture('48-why')
  expect(await visitor.complaints()).toEqual([])
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })

  // The person whose name is a script is a line like every other.
  await search.fill('attacker')
  await search.press('Enter')
  await page.getByText(attacker.name).first().waitFor()
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  expect(visitor.faults).toEqual([])
  await visitor.close()
})
