import { expect, test } from 'vitest'

import { base, language, type Look, type Visitor } from './browser'
import { asOwner } from './owner'

interface Listed {
  items?: { id: number }[]
}

/** The first of what a list of the API holds. */
async function first(visitor: Visitor, path: string): Promise<number> {
  const answer = await visitor.context.request.get(`${base}/api/v1${path}`)
  const list = (await answer.json()) as Listed
  const id = list.items?.[0]?.id
  if (id === undefined) throw new Error(`${path} is empty`)
  return id
}

/** Every page behind sign-in, with a name for its picture. */
async function addresses(visitor: Visitor): Promise<[name: string, address: string][]> {
  const contact = await first(visitor, '/contacts?search=tu%20choi')
  const campaign = await first(visitor, '/campaigns')
  return [
    ['overview', '/'],
    ['contacts', '/contacts'],
    ['contact', `/contacts/${contact}`],
    ['imports', '/contacts/imports'],
    ['import', '/contacts/import'],
    ['segments', '/segments'],
    ['segment-new', '/segments/new'],
    ['segment', `/segments/${await first(visitor, '/segments')}`],
    ['templates', '/templates'],
    ['template', `/templates/${await first(visitor, '/templates?channel=sms')}`],
    ['template-zns', `/templates/${await first(visitor, '/templates?channel=zns')}`],
    ['campaigns', '/campaigns'],
    ['campaign-new', '/campaigns/new'],
    ['campaign', `/campaigns/${campaign}`],
    ['why', `/campaigns/${campaign}?who=${contact}`],
    ['vouchers', '/vouchers'],
    ['connections', '/connections'],
    ['connection-new', '/connections/new'],
    ['connection', `/connections/${await first(visitor, '/connections')}`],
    ['connection-costs', `/connections/${await first(visitor, '/connections')}/invoices`],
    ['settings', '/settings'],
    ['settings-users', '/settings/users'],
    ['settings-keys', '/settings/keys'],
    ['settings-sending', '/settings/sending'],
    ['settings-suppressions', '/settings/suppressions'],
    ['settings-audit', '/settings/audit'],
    ['settings-account', '/settings/account'],
    ['design', '/design'],
    ['nowhere', '/khong-co'],
  ]
}

async function walk(look: Look, suffix: string) {
  const visitor = await asOwner(look)
  const found: Record<string, string[]> = {}
  for (const [name, address] of await addresses(visitor)) {
    await visitor.go(address)
    const jump = await visitor.shift()
    await visitor.picture(`60-${name}-${suffix}`, true)
    const wrong = await visitor.complaints()
    // The design page shows faces that load for ever.
    if (jump > 0.5 && name !== 'design') wrong.push(`the page jumps: layout shift ${jump.toFixed(2)}`)
    if (wrong.length > 0) found[name] = wrong
  }
  expect(found).toEqual({})
  expect(visitor.faults).toEqual([])
  await visitor.close()
}

test('every page at 1280 px, light', () => walk({}, 'wide'), 240_000)

test('every page at 390 px, dark', () => walk({ width: 390, height: 844, dark: true }, 'phone'), 240_000)

test('the first page is small', async () => {
  const visitor = await asOwner()
  const sizes: number[] = []
  visitor.page.on('response', (response) => {
    const name = new URL(response.url()).pathname
    // The drawing of charts is loaded when the first chart is shown, after the page stands.
    if (name.endsWith('.js') && !name.includes('/Canvas-'))
      sizes.push(Number(response.headers()['content-length'] ?? Number.POSITIVE_INFINITY))
  })
  await visitor.go('/')
  const all = sizes.reduce((sum, n) => sum + n, 0)
  expect(sizes.length).toBeGreaterThan(3)
  expect(all).toBeLessThan(400 * 1024)
  await visitor.close()
})

test('with the keyboard alone: to the content, through the menu, into a list', async () => {
  const visitor = await asOwner()
  const { page } = visitor
  await visitor.go('/campaigns')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('#content')
  await page.keyboard.press('Enter')
  const seen = new Set<string>()
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press('Tab')
    seen.add(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ''))
  }
  expect([...seen]).toContain('Cảm ơn tháng 11')
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(language)
  await visitor.close()
})
