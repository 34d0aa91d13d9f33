import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { needs } from '../../helpers/needs.ts'
import { query } from '../../helpers/postgres.ts'
import { openPair, type Pair } from './pair.ts'

const BILL = {
  amount: 123.45,
  issue_date: '2026-11-25',

  due_date: '2026-12-31',
  category_id: '2.01.01',
  account_id: '2243121',
}

describe.skipIf(needs('postgres').missing !== null)('the books of two server processes on one PostgreSQL', () => {
  const anchor = mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
  let pair: Pair
  let entry = ''
  beforeAll(async () => {
    const env = { ALCADA_ANCHOR: anchor }
    pair = await openPair({ erp: 'omie', guarded: true, standIn: { limitFactor: 1_000 }, env })
  })
  afterAll(() => pair?.stop())

  function audit(stateDir: string, ...args: string[]): Promise<Ran> {
    const env = { ALCADA_STATE_DIR: stateDir, ALCADA_DATABASE_URL: pair.url }
    return runAlcada(['--root', pair.line.alcada.project.root, 'audit', ...args], env)
  }

  test('who created a supplier through one is refused money for it through the other, and a colleague is not', async () => {
    const vendor = { reference: 'V-1', name: 'Laticínios Serra Ltda', document: '11222333000181' }
    const { result, text } = await pair.call(0, 'operator', 'create_vendor', vendor)
    if (result === null) throw new Error(text)
    const bill = { ...BILL, vendor_id: Object(result.data).id }
    for (const sub of ['agent-1', 'agent-2']) {
      const told = await pair.call(1, 'operator', 'create_account_payable', { ...bill, reference: sub }, { sub })
      expect(told.refusal).toMatchObject({ error: { code: 'own_counterparty' }, alcada: { retry: 'never' } })
    }
    const colleague = { sub: 'agent-3', for: 'u18' }
    const made = await pair.call(1, 'operator', 'create_account_payable', { ...bill, reference: 'B-3' }, colleague)
    entry = made.result?.alcada.entry ?? made.text
    expect(entry).toMatch(/^omie-b-\d{9}$/)
    expect(pair.line.received('IncluirContaPagar')).toBe(1)
  })

  test('the auditor verifies both chains against one anchor, and is told whose entry was changed', async () => {
    const [a, b] = [pair.line.alcada.env['ALCADA_STATE_DIR'] ?? '', join(pair.folder, 'b')]
    // Its end is what a server hands over when it ends.
    await pair.b().stop()
    await pair.line.alcada.restart()
    const trust = join(anchor, 'trust.json')
    const keys = await Promise.all([a, b].map((state) => audit(state, 'key', 'omie', '--format', 'json')))
    const valid = { development: false, not_before: '2026-01-01T00:00:00Z', not_after: '2036-01-01T00:00:00Z' }
    const trusted = keys.map(({ out }) => ({ ...JSON.parse(out), use: 'checkpoint', ...valid }))
    writeFileSync(trust, JSON.stringify({ keys: trusted }))
    const verify = (): Promise<Ran> => audit(a, 'verify', 'omie', '--anchor', anchor, '--trust', trust)
    const whole = await verify()
    expect([whole.code, whole.err]).toEqual([0, ''])
    expect(whole.out).toMatch(/^omie \(a\): \d+ rows, each as it was written; end proved up to row \d+, \d+ after it$/m)
    expect(whole.out).toMatch(/^omie \(b\): \d+ rows, each as it was written; end proved up to row \d+, 0 after it$/m)

    await query(
      pair.url,
      `ALTER TABLE erp_omie.ledger DISABLE TRIGGER ALL;
       UPDATE erp_omie.ledger SET event = replace(event, '"amount":12345', '"amount":12346')
         WHERE kind = 'opened' AND entry = '${entry}'`,
    )
    const changed = await verify()
    expect(changed.code).toBe(3)
    expect(changed.out).toContain(`entry ${entry}: its content is not what was written`)
    expect(changed.out).toMatch(/^omie \(a\): \d+ rows, each as it was written;/m)
    await pair.restart()
  })
})
