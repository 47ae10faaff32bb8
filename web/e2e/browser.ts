import { readFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

import en from '../src/i18n/en'
import vi from '../src/i18n/vi'

const require = createRequire(import.meta.url)
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** What the test that started the server tells: its address, the link of the first set-up, the language to click through, and where pictures go. */
const told = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: these tests are started by the Go tests in e2e/`)
  return value
}
export const base = told('LOA_E2E_URL')
export const setupLink = told('LOA_E2E_SETUP')
export const simulator = told('LOA_E2E_SIMULATOR')
export const smtp = told('LOA_E2E_SMTP')
export const language = told('LOA_E2E_LANGUAGE') as 'vi' | 'en'
export const stateFile = told('LOA_E2E_STATE')
const pictures = told('LOA_E2E_PICTURES')
mkdirSync(pictures, { recursive: true })

/** The texts of the app in the language of this run. */
export const texts = language === 'vi' ? vi : en

/** Fills in {{name}} as the app does; numbers as it writes them. */
export function fill(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{\{\s*(\w+)[^}]*\}\}/g, (_, name: string) => {
    const value = values[name]
    return typeof value === 'number' ? value.toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB') : (value ?? '')
  })
}

let browser: Browser | undefined

/** One browser for all tests of a run. */
async function theBrowser(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: told('LOA_E2E_CHROMIUM'),
    // The tests may run as root in a container; nothing but our own server is opened.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  })
  return browser
}

export async function closeBrowser() {
  await browser?.close()
  browser = undefined
}

export interface Look {
  width?: number
  height?: number
  dark?: boolean
  language?: 'vi' | 'en'
}

const present = new Set<Visitor>()

/** After a failure: what everybody saw last. */
export async function lastLooks() {
  for (const visitor of present) {
    await visitor.picture('99-failed', true).catch(() => undefined)
    await visitor.close()
  }
}

/** A person at a browser. What the pages complain about is kept, and each test ends by asking that there was nothing. */
export class Visitor {
  readonly faults: string[] = []
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(look: Look = {}, state?: Awaited<ReturnType<BrowserContext['storageState']>>): Promise<Visitor> {
    const context = await (
      await theBrowser()
    ).newContext({
      baseURL: base,
      viewport: { width: look.width ?? 1280, height: look.height ?? 900 },
      colorScheme: look.dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'vi-VN',
      timezoneId: 'Europe/Berlin', // times are shown in the workspace's zone, whatever the machine says
      acceptDownloads: true,
      storageState: state,
    })
    await context.addInitScript(
      ({ language, theme }) => {
        if (window.top !== window) return // previews of mails stand in frames that have no storage
        window.localStorage.setItem('loa.language', language)
        window.localStorage.setItem('loa.theme', theme)
      },
      { language: look.language ?? language, theme: look.dark ? 'dark' : 'light' },
    )
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const visitor = new Visitor(context, page)
    present.add(visitor)
    page.on('pageerror', (error) => visitor.faults.push(`page error: ${error.message}`))
    page.on('console', (line) => {
      // A refusal that a test provokes is logged by the browser itself.
      if (line.type() === 'error' && !line.text().startsWith('Failed to load resource'))
        visitor.faults.push(`console: ${line.text()}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 500)
        visitor.faults.push(`${response.status()} ${response.request().method()} ${response.url()}`)
    })
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(base) && !/^(data|blob|about):/.test(url)) visitor.faults.push(`asked a foreign host: ${url}`)
    })
    return visitor
  }

  /** Opens an address and waits until it stands still. */
  async go(path: string) {
    await this.page.goto(path)
    await this.still()
  }

  /** Waits until nothing is loading: no request under way, no loading face. Pages with a live stream never become idle for the network, so the faces decide. */
  async still() {
    await this.page.locator('#content h1, main h1').first().waitFor()
    // The design page shows the loading faces on purpose.
    await this.page.waitForFunction(
      () =>
        window.location.pathname === '/design' ||
        document.querySelector('.ant-spin-spinning, .ant-skeleton-active') === null,
    )
    await this.page.evaluate(() => document.fonts.ready)
  }

  /** How much the page has moved under the reader since it was opened (cumulative layout shift: 0 is nothing, above 0.25 is poor). */
  async shift(): Promise<number> {
    return this.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
              if (!entry.hadRecentInput) sum += entry.value
          }).observe({ type: 'layout-shift', buffered: true })
          window.requestAnimationFrame(() => {
            window.setTimeout(() => {
              resolve(sum)
            }, 50)
          })
        }),
    )
  }

  /** Takes a picture for people to look at. */
  async picture(name: string, full = false) {
    await this.page.screenshot({ path: `${pictures}/${language}-${name}.png`, fullPage: full, animations: 'disabled' })
  }

  /** What is wrong with the page as it stands: findings of axe, sideways scrolling, keys instead of texts. */
  async complaints(): Promise<string[]> {
    const found: string[] = []
    // A list that is just closing is no part of the page any more; one that stays open is looked at as it is.
    await this.page
      .waitForFunction(
        () => document.querySelector('.ant-select-dropdown:not(.ant-select-dropdown-hidden)') === null,
        undefined,
        { timeout: 1500 },
      )
      .catch(() => undefined)
    const wide = await this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    if (wide > 1) found.push(`the page is ${wide} px wider than the window`)
    const words = await this.page.evaluate(() => document.body.innerText)
    for (const raw of words.match(rawKey) ?? []) found.push(`a key instead of a text: ${raw}`)
    await this.page.evaluate(axe)
    const serious = await this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run: (where: Document, how: object) => Promise<AxeResult> } }
      const result = await axe.run(document, { resultTypes: ['violations'], iframes: false })
      return result.violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map((v) => `axe ${v.impact} ${v.id} ×${v.nodes.length}: ${v.nodes[0]?.html.slice(0, 200) ?? ''}`)
    })
    return [...found, ...serious]
  }

  async close() {
    present.delete(this)
    await this.context.close()
  }
}

interface AxeResult {
  violations: { impact: string; id: string; nodes: { html: string }[] }[]
}

// Every top-level key of the texts, followed by a dot and a name: "contacts.title".
const rawKey = new RegExp(`(?<![\\w.@/-])(?:${Object.keys(vi).join('|')})\\.[a-z][A-Za-z_]+(?![\\w@/-])`, 'g')
