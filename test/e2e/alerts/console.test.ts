import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, openPage, picture, type TestPage } from '../../helpers/browser/browser.ts'
import { needs } from '../../helpers/needs.ts'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { deskOf } from '../approvals/desk.ts'
import { type Alerting, startAlerting, until } from './alerting.ts'

describe.skipIf(needs('chromium').missing !== null)('alerts on the console, in a real Chromium', () => {
  let receivers: Receivers
  let line: Alerting
  let browser: Browser
  let opened: TestPage
  beforeAll(async () => {
    receivers = await startReceivers()
    browser = await openBrowser()
    const disk_space = '{ threshold: 0.000001, severity: warning, for: "0s" }'
    line = await startAlerting(receivers, { disk_space }, { consoleUrl: null })
    opened = await openPage(browser)
  })
  afterAll(async () => {
    await opened?.close()
    await browser?.close()
    await line?.stop()
    await receivers?.close()
  })

  test('the notice leads to its line of the runbook; what is raised is shown, and moves when it is over', {
    timeout: 180_000,
  }, async () => {
    const { page } = opened
    const { body } = await deskOf(line, 'u90').post('/approvals/login')
    await page.goto(String(Object(body).url))
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('heading', { name: 'Pedidos de aprovação', level: 1 }).waitFor()
    await until(() => receivers.posts.length > 0)
    const link = /https?:\S+\/console\/alerts#disk_space/.exec(receivers.posts[0] ?? '')?.[0]
    await page.goto(link ?? '')
    await page.getByRole('heading', { name: 'Alertas', level: 1 }).waitFor()
    expect(await page.locator('dt#disk_space').innerText()).toContain('espaço em disco')
    const raised = page.getByRole('region', { name: 'Alertas' })
    expect(await raised.innerText()).toMatch(/espaço em disco\s+aviso\s+[0-9.]+% \(limit 0%\)/)
    await picture(page, 'alert-raised')
    await line.alerts({ disk_space: '{ threshold: 1.0, severity: warning, for: "0s" }' })
    // Nobody reloads the page.
    await page.getByRole('region', { name: 'Resolvidos' }).waitFor({ timeout: 120_000 })
    expect(await page.locator('main').innerText()).toContain('Nenhum alerta agora.')
    await picture(page, 'alert-resolved')
    await page.getByRole('link', { name: 'English' }).click()
    await page.getByRole('link', { name: 'Alerts' }).click()
    expect(await page.getByRole('region', { name: 'Resolved' }).innerText()).toContain('disk space')
    expect(opened.troubles()).toEqual([])
  })

  test('nobody sees them who has not signed in', async () => {
    const answer = await fetch(`${line.alcada.ops}/console/alerts`)
    expect(answer.status).toBe(401)
    expect(await answer.text()).not.toContain('disk_space')
  })
})
