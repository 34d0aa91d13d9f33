import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterEach, describe, expect, test } from 'vitest'
import { asOperator, keysFolder, publishStop, stopsInForce, until } from '../../helpers/alcada/revoke.ts'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { openBrowser, openPage, picture } from '../../helpers/browser/browser.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { needs } from '../../helpers/needs.ts'
import { ABOVE, ask, deskOf, deskWith, pay } from '../approvals/desk.ts'

let line: Line
afterEach(() => line.stop())

const approvalOf = async (id: string): Promise<{ state: string; given: unknown[] }> => {
  const { body } = await deskOf(line, 'u91').get(`/approvals/${id}`)
  const told: { approval: { state: string; given: unknown[] } } = JSON.parse(JSON.stringify(body))
  return told.approval
}

test('what a stopped person has approved is void, also after the stop, and they approve nothing', async () => {
  line = await openLine({ erp: 'omie' })
  const id = await ask(line)
  expect((await deskOf(line, 'u90').post(`/approvals/${id}/approve`)).status).toBe(200)
  expect((await approvalOf(id)).state).toBe('approved')
  await publishStop(line.alcada, { persons: ['u90'] }, { lastsMs: 20_000 })
  await until(async () => (await approvalOf(id)).state === 'pending')
  expect((await approvalOf(id)).given).toEqual([])
  const { refusal } = await pay(line)
  expect(refusal?.error.code).toBe('approval_required')
  expect(line.received('LancarPagamento')).toBe(0)
  const denied = await deskOf(line, 'u90').get('/approvals')
  expect(denied.status).toBe(403)
  expect(denied.body).toMatchObject({ error: { code: 'revoked' } })
  const what = line.alcada.ledger().map(({ event }) => (event.kind === 'recorded' ? event.what : event.kind))
  expect(what).toContain('consent_void')
  await stopsInForce(line.alcada, 0)
  expect((await approvalOf(id)).state).toBe('pending')
  expect((await deskOf(line, 'u91').post(`/approvals/${id}/approve`)).status).toBe(200)
  expect((await pay(line)).result).not.toBeNull()
})

test('a bundle that names an overlay ends it, and nothing brings it back', async () => {
  line = await openLine({ erp: 'omie' })
  const sequence = await publishStop(line.alcada, { all: true })
  await stopsInForce(line.alcada, 1)
  const file = 'policies/omie/security.yaml'
  line.alcada.project.replace(file, 'security:\n', `security:\n  ended_overlays: ["${sequence}"]\n`)
  await line.alcada.publish()
  await stopsInForce(line.alcada, 0)
  line.alcada.project.replace(file, `  ended_overlays: ["${sequence}"]\n`, '')
  await line.alcada.publish()
  await line.alcada.restart()
  expect((await line.call('operator', 'get_vendors_list', {})).result).not.toBeNull()
})

test('two administrators end a stop by command, each asked for every company that it holds for', async () => {
  line = await openLine({ erp: 'omie' })
  const companies = [AURORA, BRISA]
  const stops = async (person: string, of: readonly string[], ...args: string[]): ReturnType<typeof asOperator> => {
    const token = line.alcada.token('admin', { sub: person, kind: 'human', purpose: 'approvals', companies: of })
    const file = join(line.alcada.env['ALCADA_STATE_DIR'] ?? '', `token-of-${person}`)
    writeFileSync(file, token, { mode: 0o600 })
    return asOperator(line.alcada, ['stops', ...args, '--token-file', file, '--ops', line.alcada.ops])
  }
  const sequence = String(await publishStop(line.alcada, { callers: ['agent-1'] }))
  await stopsInForce(line.alcada, 1)
  const listed = await stops('u70', companies, 'list')
  expect(listed.out).toMatch(
    new RegExp(`^${sequence}  callers agent-1, until \\S+, by dev-revocation-\\S+: chave vazada\n$`),
  )

  const elsewhere = await stops('u72', [AURORA], 'end', sequence)
  expect([elsewhere.code, elsewhere.err]).toEqual([
    1,
    'alcada: overlay_elsewhere: this stop holds for more companies than you answer for\n',
  ])
  const first = await stops('u70', companies, 'end', sequence)
  expect(first.out).toMatch(/ends once another person asks for it too {2}ledger entry omie-\d+\n$/)
  expect((await stops('u70', companies, 'end', sequence)).err).toContain('overlay_twice')
  expect((await stops('u71', companies, 'list')).out).toContain('u70 asked for its end; it takes another person')
  expect((await line.call('operator', 'get_vendors_list', {})).refusal?.error.code).toBe('revoked')
  const second = await stops('u71', companies, 'end', sequence, '--format', 'json')
  expect(JSON.parse(second.out)).toMatchObject({ id: sequence, state: 'ended' })
  expect((await line.call('operator', 'get_vendors_list', {})).result).not.toBeNull()
  expect((await stops('u71', companies, 'list')).out).toBe('nothing is stopped\n')
  expect((await stops('u71', companies, 'end', sequence)).err).toContain('overlay_unknown')
  const refused = await deskOf(line, 'u90').get('/stops')
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 'not_admin' } } })
})

test('whoever is known may have the server look at the channel, and nobody else', async () => {
  line = await openLine({ erp: 'omie' })
  const pulled = await deskOf(line, 'u90').post('/policy/pull')
  expect(pulled).toMatchObject({ status: 200, body: { state: 'enforcing', revision: 1, error: null } })
  expect((await deskWith(line, line.alcada.token('admin')).post('/policy/pull')).status).toBe(401)
})

describe.skipIf(needs('chromium').missing !== null)('a stop by button, in a real Chromium', () => {
  test('an administrator stops an agent on the page, and two of them end it before its time', async () => {
    line = await openLine({ erp: 'omie' })
    const browser: Browser = await openBrowser()
    const companies = [AURORA, BRISA]
    const signedIn = async (person: string): ReturnType<typeof openPage> => {
      const token = line.alcada.token('admin', { sub: person, kind: 'human', purpose: 'approvals', companies })
      const { body } = await deskWith(line, token).post('/approvals/login')
      const link: { url: string } = JSON.parse(JSON.stringify(body))
      const opened = await openPage(browser)
      await opened.page.goto(link.url)
      await opened.page.getByRole('button', { name: 'Entrar' }).click()
      await opened.page.getByRole('link', { name: 'Paradas' }).click()
      return opened
    }
    try {
      const first = await signedIn('u70')
      await first.page.getByLabel('O que parar').selectOption('caller')
      await first.page.getByLabel('Nome').fill('agent-1')
      await first.page.getByLabel('Motivo').fill('comportamento estranho')
      await first.page.getByRole('button', { name: 'Parar' }).click()
      expect(await first.page.getByRole('status').innerText()).toBe('Parado.')
      await picture(first.page, 'stops')
      const { refusal } = await line.call('operator', 'create_payment', ABOVE)
      expect(refusal?.error.code).toBe('revoked')
      expect(refusal?.error.message).toContain('comportamento estranho')
      await first.page.getByRole('button', { name: 'Encerrar' }).click()
      expect(await first.page.getByRole('status').innerText()).toContain('outra pessoa')
      await first.page.getByRole('button', { name: 'Encerrar' }).click()
      expect(await first.page.getByRole('status').innerText()).toContain('Você já pediu')
      expect((await line.call('operator', 'get_vendors_list', {})).refusal?.error.code).toBe('revoked')
      const second = await signedIn('u71')
      await second.page.getByRole('button', { name: 'Encerrar' }).click()
      expect(await second.page.getByRole('status').innerText()).toBe('Encerrada.')
      expect((await line.call('operator', 'get_vendors_list', {})).result).not.toBeNull()
      const told = line.alcada.ledger().flatMap(({ event }) => {
        return event.kind === 'recorded' && event.overlay !== undefined ? [[event.what, event.caller?.person]] : []
      })
      expect(told).toEqual([
        ['overlay_taken', 'u70'],
        ['overlay_end_asked', 'u70'],
        ['overlay_ended', 'u71'],
      ])
      expect([...first.troubles(), ...second.troubles()]).toEqual([])
    } finally {
      await browser.close()
    }
  })

  test('an approver who is no administrator stops nothing, and no key for it is on the server', async () => {
    line = await openLine({ erp: 'omie' })
    const browser = await openBrowser()
    try {
      const { body } = await deskOf(line, 'u90').post('/approvals/login')
      const link: { url: string } = JSON.parse(JSON.stringify(body))
      const { page } = await openPage(browser)
      await page.goto(link.url)
      await page.getByRole('button', { name: 'Entrar' }).click()
      await page.goto(`${line.alcada.ops}/console/stops`)
      expect(await page.locator('main').innerText()).toContain('Só quem tem o papel de administrador')
      expect(await page.getByRole('button', { name: 'Parar' }).count()).toBe(0)
      expect(JSON.stringify(line.alcada.env)).not.toContain(`${keysFolder(line.alcada)}/keys`)
    } finally {
      await browser.close()
    }
  })
})
