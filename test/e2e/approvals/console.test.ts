import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, openPage, picture, type TestPage } from '../../helpers/browser/browser.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { needs } from '../../helpers/needs.ts'
import { ask, deskOf, pay } from './desk.ts'

const NO_STRANGER = { payable_id: '2701017', amount: 7320.18, reference: 'PG-A' }
const SECOND = { payable_id: '2701019', amount: 4875.6, reference: 'PG-B' }

describe.skipIf(needs('chromium').missing !== null)('the console in a real Chromium', () => {
  let line: Line
  let browser: Browser
  let opened: TestPage
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())
  afterEach(async () => {
    await opened.close()
    await line.stop()
  })

  async function start(options: Parameters<typeof openPage>[1] = {}): Promise<Page> {
    line = await openLine({ erp: 'omie' })
    opened = await openPage(browser, options)
    return opened.page
  }

  async function link(person = 'u90'): Promise<string> {
    const { body } = await deskOf(line, person).post('/approvals/login')
    if (typeof body === 'object' && body !== null && 'url' in body) return String(body.url)
    throw new Error(`expected a link, got ${JSON.stringify(body)}`)
  }

  async function signIn(page: Page, person = 'u90'): Promise<void> {
    await page.goto(await link(person))
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('heading', { name: 'Pedidos de aprovação', level: 1 }).waitFor()
  }

  test('an approver signs in, reads what will be done, approves it, and the agent’s repeat is done once', async () => {
    const page = await start()
    await ask(line, NO_STRANGER)
    await signIn(page)
    await picture(page, 'list')
    await page.getByRole('link', { name: 'Criar pagamento: R$ 7.320,18' }).click()
    const text = await page.locator('main').innerText()
    expect(text).toContain('R$ 7.320,18')
    expect(text).toContain('25/11/2026')
    expect(text).toContain('LancarPagamento')
    expect(await page.getByRole('row', { name: 'Situação' }).innerText()).toContain('vencido')
    await picture(page, 'request')
    await page.getByRole('button', { name: 'Aprovar' }).click()
    expect(await page.getByRole('status').innerText()).toContain('aprovado por você')
    const answers = await Promise.all([pay(line, NO_STRANGER), pay(line, NO_STRANGER), pay(line, NO_STRANGER)])
    expect(answers.map(({ result }) => result !== null)).toEqual([true, true, true])
    expect(line.received('LancarPagamento')).toBe(1)
    await page.getByRole('link', { name: 'Decisões recentes' }).click()
    expect(await page.locator('tbody').innerText()).toContain('create_payment')
    expect(opened.troubles()).toEqual([])
  })

  test('a rejection asks for its reason, which reaches the agent', async () => {
    const page = await start()
    const id = await ask(line, NO_STRANGER)
    await signIn(page)
    await page.goto(`${line.alcada.ops}/console/requests/${id}`)
    await page.getByLabel('Motivo da recusa').fill('conferir com o fornecedor')
    await page.getByRole('button', { name: 'Recusar' }).click()
    expect(await page.getByRole('status').innerText()).toContain('recusado por você')
    expect((await pay(line, NO_STRANGER)).refusal?.error.message).toContain('conferir com o fornecedor')
    expect(opened.troubles()).toEqual([])
  })

  test('several are decided together, with their total, and each stands in the ledger alone', async () => {
    const page = await start()
    const ids = [await ask(line, NO_STRANGER), await ask(line, SECOND)]
    await signIn(page)
    for (const box of await page.getByRole('checkbox').all()) await box.check()
    await page.getByRole('button', { name: 'Revisar os escolhidos' }).click()
    expect(await page.locator('.total').innerText()).toBe('Total: R$ 12.195,78 (2 pedidos)')
    await picture(page, 'review')
    await page.getByRole('button', { name: 'Aprovar todos' }).click()
    expect(await page.getByRole('status').getByRole('listitem').count()).toBe(2)
    const given = line.alcada
      .ledger()
      .filter(({ event }) => event.kind === 'recorded' && event.what === 'approval_given')
    expect(given.map(({ event }) => (event.kind === 'recorded' ? event.approval?.id : null)).sort()).toEqual(ids.sort())
    expect(opened.troubles()).toEqual([])
  })

  test('all of it goes by keyboard alone', async () => {
    const page = await start()
    await ask(line, NO_STRANGER)
    await page.goto(await link())
    await tabTo(page, 'Entrar')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Pedidos de aprovação', level: 1 }).waitFor()
    await tabTo(page, 'Escolher')
    await page.keyboard.press('Space')
    await tabTo(page, 'Revisar os escolhidos')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Aprovar' }).waitFor()
    await tabTo(page, 'Aprovar')
    await page.keyboard.press('Enter')
    expect(await page.getByRole('status').innerText()).toContain('aprovado por você')
  })

  test('on a phone nothing is wider than the screen, and buttons are large enough for a thumb', async () => {
    const page = await start({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })
    await ask(line, NO_STRANGER)
    await signIn(page)
    await page.getByRole('link', { name: 'Criar pagamento: R$ 7.320,18' }).tap()
    await page.getByRole('button', { name: 'Aprovar' }).waitFor()
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    expect(wide).toBeLessThanOrEqual(360)
    const box = await page.getByRole('button', { name: 'Aprovar' }).boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(44)
    await picture(page, 'phone')
  })

  test('in English for whoever reads English, and in the other language at a click', async () => {
    const page = await start({ locale: 'en-GB' })
    await ask(line, NO_STRANGER)
    await page.goto(await link())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Create payment: R$ 7.320,18' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await page.getByRole('link', { name: 'Português' }).click()
    expect(await page.locator('html').getAttribute('lang')).toBe('pt-BR')
  })

  test('a link signs in once, and signing out ends it', async () => {
    const page = await start()
    const url = await link()
    await page.goto(url)
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('button', { name: 'Sair' }).click()
    expect(await page.locator('main').innerText()).toContain('alcada approvals login')
    await page.goto(url)
    await page.getByRole('button', { name: 'Entrar' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('Este link já foi usado')
  })

  test('what an agent writes is shown as text and runs nothing', async () => {
    const page = await start()
    const description = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    const id = await ask(line, { ...NO_STRANGER, description })
    await signIn(page)
    await page.goto(`${line.alcada.ops}/console/requests/${id}`)
    expect(await page.locator('main').innerText()).toContain(description)
    expect(await page.title()).toContain('Pedidos de aprovação')
    expect(opened.troubles()).toEqual([])
  })
})

/** Presses Tab until something of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 40; pressed += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(
      "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''",
    )
    if (String(focused).includes(name)) return
  }
  throw new Error(`nothing named ${name} can be reached by keyboard`)
}
