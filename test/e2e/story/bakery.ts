import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser } from 'playwright-core'
import { connectCaller, type TestCaller } from '../../helpers/alcada/caller.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { copyAsWritten } from '../../helpers/alcada/project.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { openBrowser, openPage, type TestPage } from '../../helpers/browser/browser.ts'
import { atAnyHour } from '../../helpers/line/policy.ts'
import { type RpcAnswer, type RpcClient, sessionClient } from '../../helpers/tryton/rpc.ts'
import { startTryton, type Tryton } from '../../helpers/tryton/start.ts'

/** Padaria Aurora with its real Tryton, its server, its agents and the people who answer for them. */
export interface Bakery {
  tryton: Tryton
  alcada: Alcada
  /** The folder of checkpoints that whoever runs the server does not hold. */
  anchor: string
  /** An agent that writes, and the person who answers for it. */
  agent(id: string, person: string): Promise<TestCaller>
  /** An approver's browser, signed in to the console. */
  approver(person: string): Promise<TestPage>
  /** An approver's word without a browser. @returns the state of the request */
  consent(person: string, id: string): Promise<unknown>
  /** Tryton's own RPC, past every server of ours, by a user whose only right there is to prepare payments. */
  past(method: string, ...params: unknown[]): Promise<RpcAnswer>
  /** `alcada audit …` of this server. */
  audit(...args: string[]): Promise<Ran>
  /** How often Tryton has written each payment's state: `{ '2': ['approved'] }`. */
  stateWrites(): Record<string, string[]>
  close(): Promise<void>
}

export async function openBakery(): Promise<Bakery> {
  const tryton = await startTryton()
  countStateWrites(tryton.file)
  const project = copyAsWritten('tryton')
  atAnyHour(project, 'tryton')
  const anchor = mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
  const alcada = await startAlcada({
    erp: 'tryton',
    from: project.root,
    upstream: tryton,
    env: { ALCADA_ANCHOR: anchor },
  })
  const callers = new Map<string, Promise<TestCaller>>()
  let browser: Browser | null = null
  let maker: RpcClient | null = null
  return {
    tryton,
    alcada,
    anchor,
    agent(id, person) {
      const known = callers.get(id) ?? connectCaller(alcada.mcp, alcada.token('operator', { sub: id, for: person }))
      callers.set(id, known)
      return known
    },
    async approver(person) {
      browser ??= await openBrowser()
      const opened = await openPage(browser)
      await opened.page.goto(await loginLink(alcada, person))
      await opened.page.getByRole('button', { name: 'Entrar' }).click()
      await opened.page.getByRole('heading', { name: 'Pedidos de aprovação', level: 1 }).waitFor()
      return opened
    },
    async consent(person, id) {
      const { approval } = Object(await asApprover(alcada, person, `/approvals/${id}/approve`))
      return Object(approval).state
    },
    async past(method, ...params) {
      maker ??= await sessionClient(`${tryton.url}/`, 'maker', tryton.passwords.get('maker') ?? '')
      return maker(method, params)
    },
    audit: (...args) =>
      runAlcada(['--root', alcada.project.root, 'audit', ...args], {
        ALCADA_STATE_DIR: alcada.env['ALCADA_STATE_DIR'] ?? '',
      }),
    stateWrites() {
      const writes: Record<string, string[]> = {}
      for (const { payment, state } of tryton.query('select payment, state from state_writes order by rowid')) {
        writes[String(payment)] = [...(writes[String(payment)] ?? []), String(state)]
      }
      return writes
    },
    async close() {
      await browser?.close()
      for (const caller of callers.values()) await (await caller).close()
      await alcada.stop()
      await tryton.close()
      project.remove()
      rmSync(anchor, { recursive: true, force: true })
    },
  }
}

/** Approving twice leaves the same row in Tryton as approving once: its own database counts, past its server. */
function countStateWrites(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5_000 })
  database.exec(`
    CREATE TABLE state_writes (payment INTEGER, state TEXT);
    CREATE TRIGGER count_state_writes AFTER UPDATE OF state ON account_payment
      BEGIN INSERT INTO state_writes VALUES (NEW.id, NEW.state); END;
  `)
  database.close()
}

async function loginLink(alcada: Alcada, person: string): Promise<string> {
  const body = await asApprover(alcada, person, '/approvals/login')
  if (typeof body === 'object' && body !== null && 'url' in body) return String(body.url)
  throw new Error(`expected a link, got ${JSON.stringify(body)}`)
}

async function asApprover(alcada: Alcada, person: string, path: string): Promise<unknown> {
  const token = alcada.token('approver', { sub: person, kind: 'human', purpose: 'approvals' })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(new URL(path, alcada.ops), { method: 'POST', headers, body: '{}' })
  return response.json()
}
