import { expect, test } from 'vitest'

import { setupLink, texts, Visitor } from './browser'
import { owner, remember } from './owner'

test('the first start: the owner makes the workspace and stands before the checklist', async () => {
  const visitor = await Visitor.open()
  const { page } = visitor
  await page.goto(setupLink)
  await visitor.still()
  await visitor.picture('01-setup')
  expect(await visitor.complaints()).toEqual([])
  expect(page.url()).not.toContain('token')
  await page.getByLabel(texts.session.workspaceName).fill(owner.workspace)
  await page.getByLabel(texts.session.name, { exact: true }).fill(owner.name)
  await page.getByLabel(texts.session.email).fill(owner.email)
  await page.getByLabel(texts.session.password).fill('ngan')
  await page.getByRole('button', { name: texts.session.setupSubmit }).click()
  await page.getByText(texts.session.passwordShort).waitFor()
  await page.getByLabel(texts.session.password).fill(owner.password)
  await page.getByRole('button', { name: texts.session.setupSubmit }).click()
  await page.getByRole('heading', { level: 1, name: texts.overview.title }).waitFor()
  await visitor.still()
  await visitor.picture('02-overview-empty')
  expect(await visitor.complaints()).toEqual([])
  await remember(visitor)
  expect(visitor.faults).toEqual([])
  await visitor.close()
})
