import { expect, test } from 'vitest'

import { fill, texts, type Visitor } from './browser'
import { asOwner } from './owner'

const t = texts.templates

/** Opens the editor of a new template of a channel and names it. */
export async function begin(visitor: Visitor, channel: keyof typeof texts.channel, name: string) {
  const { page } = visitor
  await visitor.go('/templates')
  await page.getByRole('button', { name: t.new }).first().click()
  await page.getByRole('menuitem', { name: texts.channel[channel], exact: true }).click()
  await page.getByLabel(t.name).fill(name)
  await visitor.still()
}

/** Saves the new template. */
export async function create(visitor: Visitor, name: string) {
  await visitor.page.getByRole('button', { name: t.create, exact: true }).click()
  await visitor.page.getByText(fill(t.saved, { name })).first().waitFor()
  await visitor.still()
}

/** Chooses in a select of the kit by its label and the beginning of the option's text. */
export async function choose(visitor: Visitor, label: string, option: string) {
  const { page } = visitor
  await page.getByLabel(label, { exact: true }).first().click()
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option }).first().click()
}

test('a ZNS template is picked from those that Zalo approved, filled, and tried on everybody', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await begin(visitor, 'zns', 'Cảm ơn (ZNS)')
  const account = page.getByLabel(t.zns.account, { exact: true })
  if ((await account.count()) > 0 && (await page.getByText(t.zns.chooseAccount).count()) > 0)
    await choose(visitor, t.zns.account, texts.connections.p.zalo.name)
  await page.getByRole('button', { name: t.zns.sync }).click()
  await page.getByText(t.zns.syncedAt.split('{{')[0] ?? '').waitFor()
  await choose(visitor, t.zns.template, '100003')
  // The name is filled in already, as far as it can be guessed; the others get a fixed value.
  await page
    .getByRole('textbox', { name: fill(t.zns.valueOf, { name: 'customer_name' }), exact: true })
    .fill('{{ contact.name | truncate: 30 }}')
  const values = page.getByRole('textbox', { name: new RegExp(`^${t.zns.valueOf.split('{{')[0] ?? ''}`) })
  for (const box of await values.all()) if (!(await box.inputValue())) await box.fill('12345')
  await visitor.still()
  await page.getByRole('button', { name: t.audience.start }).click()
  await page
    .getByText(new RegExp(`${t.audience.fine_other.split('{{')[0] ?? ''}|/ `))
    .first()
    .waitFor()
  await visitor.picture('30-template-zns', true)
  expect(await visitor.complaints()).toEqual([])
  await create(visitor, 'Cảm ơn (ZNS)')
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('an SMS counts its parts, and says what Vietnamese marks cost', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await begin(visitor, 'sms', 'Cảm ơn (SMS)')
  await page
    .getByLabel(t.sms.text, { exact: true })
    .fill('Tiệm Hoa cảm ơn {{ contact.first_name | default: "quý khách" }} đã mua hàng. Cần hỗ trợ xin gọi 19001234.')
  await page.getByText(t.sms.withMarks).first().waitFor()
  await visitor.still()
  await visitor.picture('31-template-sms', true)
  expect(await visitor.complaints()).toEqual([])
  await create(visitor, 'Cảm ơn (SMS)')
  expect(visitor.faults).toEqual([])
  await visitor.close()
})

test('a mail is made of blocks, and another one as HTML', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  const e = texts.emailEditor
  await begin(visitor, 'email', 'Bản tin (khối)')
  await page.getByRole('textbox', { name: e.subject, exact: true }).fill('Hoa mới tuần này')
  await page.frameLocator('iframe').first().locator('body').waitFor()
  await visitor.still()
  await visitor.picture('32-template-mail-blocks', true)
  expect(await visitor.complaints()).toEqual([])
  await create(visitor, 'Bản tin (khối)')

  await begin(visitor, 'email', 'Cảm ơn (email)')
  await page
    .getByRole('textbox', { name: e.subject, exact: true })
    .fill('Cảm ơn {{ contact.first_name | default: "bạn" }} đã mua hàng')
  await choose(visitor, e.purpose, e.purposes.care)
  await page.getByTitle(e.modes.html, { exact: true }).click()
  const ok = page.getByRole('button', { name: e.toHtml.ok, exact: true })
  await ok.click({ timeout: 5000 }).catch(() => undefined) // it asks only when there is something to lose
  await page
    .getByRole('textbox', { name: e.html.label, exact: true })
    .fill(
      '<h1>Tiệm Hoa Thảo Nguyên</h1><p>Cảm ơn {{ contact.name }} đã mua hàng.</p><p><a href="https://tiemhoa.example/moi">Xem hoa mới</a></p><script>window.hacked=1</script>',
    )
  await page.getByRole('tab', { name: e.tabs.preview }).click()
  await page.frameLocator('iframe').first().getByText('Tiệm Hoa Thảo Nguyên').waitFor()
  await visitor.picture('33-template-mail-preview', true)
  expect(await visitor.complaints()).toEqual([])
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  await create(visitor, 'Cảm ơn (email)')
  await visitor.go('/templates')
  await visitor.picture('34-templates')
  expect(await visitor.complaints()).toEqual([])
  expect(visitor.faults).toEqual([])
  await visitor.close()
})
