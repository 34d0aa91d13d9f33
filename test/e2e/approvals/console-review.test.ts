import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, openPage, picture, type TestPage } from '../../helpers/browser/browser.ts'
import { type Line, type LineOptions, openLine } from '../../helpers/line/line.ts'
import { needs } from '../../helpers/needs.ts'
import { deskOf } from './desk.ts'

/** Laticínios Serra Azul, whose account is 18469-5 of bank 237 and whose PIX key is contato@serraazul.example. */
const CHANGE = {
  id: '2485014',
  bank: { bank_code: '237', branch: '5701', account: '99999-0', pix_key: 'outro@example.com.br' },
}
const SECURITY = 'policies/omie/security.yaml'

describe.skipIf(needs('chromium').missing !== null)('what an approver reviews, in a real Chromium', () => {
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

  async function start(options: LineOptions): Promise<Page> {
    line = await openLine(options)
    opened = await openPage(browser)
    return opened.page
  }

  /** Asks for a call that needs approval. @returns the id of its request */
  async function ask(role: string, tool: string, args: object): Promise<string> {
    const { refusal, text } = await line.call(role, tool, args)
    const id = refusal?.alcada.approval?.id
    if (id === undefined) throw new Error(`expected a request for approval, got ${text}`)
    return id
  }

  async function review(page: Page, id: string, role = 'approver'): Promise<void> {
    const { body } = await deskOf(line, 'u90', role).post('/approvals/login')
    await page.goto(String(Reflect.get(Object(body), 'url')))
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('heading', { name: 'Pedidos de aprovação', level: 1 }).waitFor()
    await page.goto(`${line.alcada.ops}/console/requests/${id}`)
  }

  /** One that no bill names, so that Nibo lets it go. */
  async function newVendor(): Promise<string> {
    const vendor = { reference: 'V-1', name: 'Moinho Novo Ltda', document: '52998224725' }
    return Object(await line.data('operator', 'create_vendor', vendor)).id
  }

  const row = (page: Page, name: string): Promise<string> =>
    page.getByRole('row', { name: `Dados bancários › ${name}` }).innerText()

  test('a changed bank account is shown as it stands and as it will be, with a warning, and what stays is not marked', async () => {
    const page = await start({ erp: 'omie', guarded: true })
    await review(page, await ask('operator', 'update_vendor', CHANGE))
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual(['Campo', 'Hoje', 'Depois'])
    expect(await row(page, 'Conta')).toBe('Dados bancários › Conta\t18469-5\t99999-0 (muda)')
    expect(await row(page, 'Chave PIX')).toBe(
      'Dados bancários › Chave PIX\tcontato@serraazul.example\toutro@example.com.br (muda)',
    )
    expect(await row(page, 'Agência')).toBe('Dados bancários › Agência\t5701\t5701')
    expect(await page.locator('.warn').innerText()).toContain('confira com o fornecedor por outro canal')
    await picture(page, 'bank')
    await page.getByRole('button', { name: 'Aprovar' }).click()
    expect((await line.call('operator', 'update_vendor', CHANGE)).result).not.toBe(null)
    expect(line.received('AlterarCliente')).toBe(1)
    expect(opened.troubles()).toEqual([])
  })

  test('whoever the policy shows no bank data sees that it changes, and not what it is', async () => {
    const page = await start({
      erp: 'omie',
      guarded: true,
      edits: [[SECURITY, '    bank: [admin, approver]\n    pix: [approver]\n', '    bank: [admin]\n']],
    })
    const id = await ask('operator', 'update_vendor', CHANGE)
    await review(page, id)
    expect(await row(page, 'Conta')).toBe('Dados bancários › Conta\t***\t*** (muda)')
    expect(await row(page, 'Agência')).toBe('Dados bancários › Agência\t***\t***')
    const html = await page.content()
    for (const hidden of ['18469-5', '99999-0', 'serraazul', 'outro@example']) expect(html).not.toContain(hidden)
    const told = JSON.stringify((await deskOf(line, 'u90').get(`/approvals/${id}`)).body)
    expect(told).not.toMatch(/18469-5|99999-0|serraazul|outro@example/)
  })

  test('what asks for admin waits for another admin, and an approver is none', async () => {
    const page = await start({ erp: 'nibo' })
    const asked = { id: await newVendor(), reason: 'cadastrado em dobro' }
    const id = await ask('admin', 'delete_vendor', asked)
    expect((await deskOf(line, 'u90', 'approver').get(`/approvals/${id}`)).status).toBe(404)
    await review(page, id, 'admin')
    await page.getByRole('button', { name: 'Aprovar' }).click()
    expect(await page.getByRole('status').innerText()).toContain('aprovado por você')
    expect((await line.call('admin', 'delete_vendor', asked)).result).not.toBe(null)
    expect(line.received('DELETE /suppliers/{id}')).toBe(1)
  })

  test('where admin_approval is off, an admin decides alone', async () => {
    await start({
      erp: 'nibo',
      edits: [['policies/nibo/security.yaml', 'admin_approval: true', 'admin_approval: false']],
    })
    expect(
      (await line.call('admin', 'delete_vendor', { id: await newVendor(), reason: 'cadastrado em dobro' })).result,
    ).not.toBe(null)
  })

  const INJECT = `(() => {
    const script = document.createElement('script')
    script.textContent = 'window.injected = 1'
    document.body.append(script)
    const image = document.createElement('div')
    image.innerHTML = '<img src="data:," onerror="window.injected = 2">'
    document.body.append(image)
    return new Promise((resolve) => setTimeout(() => resolve(window.injected ?? null), 500))
  })()`

  test('a script that somebody gets into a page does not run, and would run without the policy of the page', async () => {
    const page = await start({ erp: 'omie' })
    await page.goto(`${line.alcada.ops}/console`)
    expect(await page.evaluate(INJECT)).toBe(null)
    expect(opened.troubles().filter((text) => text.includes('Content Security Policy'))).toHaveLength(2)
    await page.route('**/console**', async (route) => {
      const response = await route.fetch()
      const { 'content-security-policy': _, ...headers } = response.headers()
      await route.fulfill({ response, headers })
    })
    await page.goto(`${line.alcada.ops}/console`)
    expect(await page.evaluate(INJECT)).not.toBe(null)
  })
})
