import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** A page of a real Chromium, in a profile of its own. */
export interface TestPage {
  page: Page
  /** What the page's own policy (CSP) forbade, and errors on the page. */
  troubles(): readonly string[]
  close(): Promise<void>
}

export function openBrowser(): Promise<Browser> {
  // Root, as in containers, may not use Chromium's sandbox; the only pages opened are ours.
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<TestPage> {
  const context = await browser.newContext({ locale: 'pt-BR', ...options })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => {
    // A refusal's status is told as an error too; it is what those tests ask for.
    const status = /Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())
    if (message.type() === 'error' && !status) troubles.push(message.text())
  })
  page.on('pageerror', (error) => troubles.push(error.message))
  return { page, troubles: () => troubles, close: () => context.close() }
}

/** Keeps a picture of the page, or of its top, where ALCADA_TEST_PICTURES names a folder; nowhere otherwise. */
export async function picture(page: Page, name: string, part: 'page' | 'top' = 'page'): Promise<void> {
  const folder = process.env['ALCADA_TEST_PICTURES']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: part === 'page' })
}
