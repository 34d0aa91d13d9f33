import { setTimeout } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { openBrowser, openPage, picture, type TestPage } from '../../helpers/browser/browser.ts'
import { needs } from '../../helpers/needs.ts'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { type Alerting, forge, startAlerting, until } from '../alerts/alerting.ts'
import { ABOVE, deskWith } from '../approvals/desk.ts'

// One administrator, one browser, nobody reloads a page: what an agent does, an alert that comes and goes, and the
// agent stopped by a button.

describe.skipIf(needs('chromium').missing !== null)('a walk through the console, in a real Chromium', () => {
  let receivers: Receivers
  let line: Alerting
  let browser: Browser
  let opened: TestPage
  let page: Page
  beforeAll(async () => {
    receivers = await startReceivers()
    browser = await openBrowser()
    const changes = { authentication_failures: '{ threshold: 5, severity: critical }' }
    line = await startAlerting(receivers, changes, { consoleUrl: null, free: false })
    opened = await openPage(browser, { viewport: { width: 1120, height: 560 }, deviceScaleFactor: 1 })
    page = opened.page
  })
  afterAll(async () => {
    await opened?.close()
    await browser?.close()
    await line?.stop()
    await receivers?.close()
  })

  const row = (...words: string[]): ReturnType<Page['locator']> =>
    words.reduce((rows, word) => rows.filter({ hasText: word }), page.locator('tbody tr')).first()

  test('sign in, and see what agents do while they do it', { timeout: 180_000 }, async () => {
    const companies = [AURORA, BRISA]
    const token = line.alcada.token('admin', { sub: 'u70', kind: 'human', purpose: 'approvals', companies })
    const { body } = await deskWith(line, token).post('/approvals/login')
    await page.goto(String(Object(body).url))
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('link', { name: 'Decisões recentes' }).click()
    expect(await page.locator('main').innerText()).toContain('Nenhuma chamada')

    await line.call('viewer', 'get_vendors_list', {}, { sub: 'agent-reports' })
    await row('get_vendors_list', 'agent-reports', 'feita').waitFor()
    const small = { ...ABOVE, payable_id: '2701001', amount: 89.9, reference: 'PG-1' }
    expect((await line.call('operator', 'create_payment', small)).result).not.toBeNull()
    await line.call('operator', 'create_payment', ABOVE)
    await line.call('operator', 'create_payment', { ...ABOVE, amount: 250_000, reference: 'PG-2' })
    await line.call('viewer', 'create_payment', small, { sub: 'agent-reports' })
    await row('create_payment', 'agent-1', 'feita').waitFor()
    await row('create_payment', 'espera aprovação').waitFor()
    await row('create_payment', 'negada', 'amount_above_open').waitFor()
    await picture(page, 'console-decisions')
  })

  test('an alert is raised on the page as it is told by mail and Slack, and leads to its remedy', {
    timeout: 180_000,
  }, async () => {
    await page.getByRole('link', { name: 'Alertas' }).click()
    expect(await page.locator('main').innerText()).toContain('Nenhum alerta agora.')
    // A thief who tries a few times, and again.
    while (receivers.posts.length === 0) {
      for (let tries = 0; tries < 3; tries += 1) await forge(line, '203.0.113.9')
      await setTimeout(400)
    }
    const raised = page.getByRole('region', { name: 'Alertas' }).locator('tbody tr')
    await raised.waitFor()
    expect(await raised.innerText()).toMatch(/falhas de autenticação\s+.*crítico\s+\d+ \(limit 5\)/)
    await until(() => receivers.mails.length === 1)
    expect(receivers.posts[0]).toContain('ALERTA CRÍTICO: falhas de autenticação (Omie)')
    await picture(page, 'console-alert-raised', 'top')
  })

  test('the agent is stopped by a button, and its next call is seen to be refused', { timeout: 180_000 }, async () => {
    await page.getByRole('link', { name: 'Paradas' }).click()
    await page.getByLabel('O que parar').selectOption('caller')
    await page.getByLabel('Nome').fill('agent-1')
    await page.getByLabel('Por quantas horas').fill('4')
    await page.getByLabel('Motivo').fill('token roubado: falhas de autenticação')
    await page.getByRole('button', { name: 'Parar' }).click()
    expect(await page.getByRole('status').innerText()).toBe('Parado.')
    await picture(page, 'console-stops')
    const { refusal } = await line.call('operator', 'get_vendors_list', {})
    expect(refusal?.error.code).toBe('revoked')
    await page.getByRole('link', { name: 'Decisões recentes' }).click()
    await row('get_vendors_list', 'agent-1', 'recusada', 'revoked').waitFor()
    expect((await line.call('viewer', 'get_vendors_list', {}, { sub: 'agent-reports' })).result).not.toBeNull()
  })

  test('the alert is over on the page when it is over, and mail and Slack say so', { timeout: 180_000 }, async () => {
    await page.getByRole('link', { name: 'Alertas' }).click()
    const resolved = page.getByRole('region', { name: 'Resolvidos' }).locator('tbody tr')
    await resolved.waitFor({ timeout: 120_000 })
    expect(await resolved.innerText()).toContain('falhas de autenticação')
    expect(await page.locator('main').innerText()).toContain('Nenhum alerta agora.')
    await until(() => receivers.posts.length === 2 && receivers.mails.length === 2)
    expect(receivers.posts[1]).toContain('Resolvido: falhas de autenticação')
    await picture(page, 'console-alert-resolved', 'top')
    expect(opened.troubles()).toEqual([])
  })
})
