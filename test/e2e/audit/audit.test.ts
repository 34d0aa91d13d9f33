import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { openState, type State } from '../../../servers/state/state.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { asked, DONE, FAILED, payment, WEDNESDAY } from '../../servers/state/fixtures.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const opened: State[] = []
afterEach(async () => {
  for (const state of opened.splice(0)) await state.stop()
})

interface Ran {
  code: number | null
  out: string
  err: string
}

function alcada(path: string, ...args: string[]): Ran {
  const env = { PATH: process.env['PATH'] ?? '', ALCADA_STATE_DIR: path }
  const command = [join(root, 'engine', 'cli.ts'), '--root', root, 'audit', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

async function start(path: string, anchor?: string): Promise<State> {
  const anchors = anchor === undefined ? [] : [anchor]
  const checkpoint = { keyFile: null, anchorTokenFile: null, anchors, everyMs: 3_600_000, everyEntries: 1_000_000 }
  const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY, checkpoint })
  opened.push(state)
  return state
}

/** A ledger of three payments, six rows, its anchor at the end. */
async function ledger(amount = 90_000, keys?: string): Promise<{ path: string; anchor: string }> {
  const path = stateFolder()
  const anchor = mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
  if (keys !== undefined) {
    mkdirSync(path, { recursive: true })
    for (const file of ['checkpoint-key.json', 'mask.key']) copyFileSync(join(keys, file), join(path, file))
  }
  const state = await start(path, anchor)
  for (const reference of ['A', 'B', 'C']) {
    const one = await state.open(payment({ reference, amount }))
    if (one.kind === 'opened') await state.close(one.entry, reference === 'C' ? FAILED : DONE)
  }
  await state.stop()
  return { path, anchor }
}

function tamper(path: string, ...statements: string[]): void {
  const database = new DatabaseSync(join(path, 'ledger.sqlite'), { timeout: 5_000 })
  for (const name of ['ledger_no_update', 'ledger_no_delete']) database.exec(`DROP TRIGGER ${name}`)
  for (const statement of statements) database.exec(statement)
  database.close()
}

describe('audit verify', () => {
  test('totals that are not what the ledger says are named, and are written anew out of it', async () => {
    const { path } = await ledger()
    const database = new DatabaseSync(join(path, 'ledger.sqlite'), { timeout: 5_000 })
    database.exec('UPDATE history_totals SET amount = 1 WHERE scope LIKE \'["person"%\'')
    database.close()
    const { code, out } = alcada(path, 'verify', 'omie')
    expect(code).toBe(3)
    expect(out).toContain('omie: 1 of the totals are not what the ledger says, first totals ["person"')
    expect(alcada(path, 'rebuild', 'omie')).toMatchObject({ code: 0, err: '' })
    expect(alcada(path, 'verify', 'omie').code).toBe(0)
    const state = await start(path)
    expect((await state.history(asked())).history.settled_today).toBe(180_000)
  })

  test('a ledger as it was written holds, and its end is proved by the anchor alone', async () => {
    const { path, anchor } = await ledger()
    expect(alcada(path, 'verify', 'omie')).toEqual({
      code: 0,
      out: 'omie: 6 rows, each as it was written; end not provable\n',
      err: '',
    })
    expect(alcada(path, 'verify', 'omie', '--anchor', anchor).out).toBe(
      'omie: 6 rows, each as it was written; end proved up to row 6, 0 after it\n',
    )
  })

  test('one changed byte ends with 3 and the name of the entry', async () => {
    const { path } = await ledger()
    tamper(path, `UPDATE ledger SET event = replace(event, '"amount":90000', '"amount":90001') WHERE seq = 3`)
    const { code, out } = alcada(path, 'verify', 'omie')
    expect([code, out]).toEqual([
      3,
      'omie: broken at row 3, entry omie-000000003: its content is not what was written\n',
    ])
    expect(JSON.parse(alcada(path, 'verify', 'omie', '--format', 'json').out)).toMatchObject({
      ok: false,
      chains: [{ erp: 'omie', replica: '', ok: false, broken: { seq: 3, entry: 'omie-000000003' } }],
    })
  })

  test('a removed row is found; an end that is cut off with its checkpoint only by the anchor', async () => {
    const removed = await ledger()
    tamper(removed.path, 'DELETE FROM ledger WHERE seq = 2')
    expect(alcada(removed.path, 'verify', 'omie').code).toBe(3)
    const cut = await ledger()
    tamper(cut.path, 'DELETE FROM ledger WHERE seq > 4', 'DELETE FROM checkpoints')
    expect(alcada(cut.path, 'verify', 'omie').code).toBe(0)
    const { code, out } = alcada(cut.path, 'verify', 'omie', '--anchor', cut.anchor)
    expect([code, out]).toEqual([
      3,
      'omie: broken at row 5: the end was cut off: checkpoint 1 of the anchor knows row 6, the last one here is 4\n',
    ])
  })

  test("a ledger written anew and signed with the server's own key is found by the anchor", async () => {
    const { path, anchor } = await ledger()
    const forged = await ledger(10, path)
    expect(alcada(forged.path, 'verify', 'omie').code).toBe(0)
    expect(alcada(forged.path, 'verify', 'omie', '--anchor', forged.anchor).code).toBe(0)
    const { code, out } = alcada(forged.path, 'verify', 'omie', '--anchor', anchor)
    expect(code).toBe(3)
    expect(out).toContain('not the row of checkpoint 1 of the anchor: the chain was written anew')
  })
})

describe('audit resolve', () => {
  test('not done releases what the entry held back, beside the running server, as an entry by a person', async () => {
    const path = stateFolder()
    const before = await start(path)
    await before.open(payment({ amount: 70_000 }))
    await before.stop()
    const state = await start(path)
    expect(await state.open(payment({ amount: 70_000 }))).toMatchObject({ repeat: { state: 'unknown' } })
    const ran = alcada(
      path,
      'resolve',
      'omie-000000001',
      '--not-done',
      '--reason',
      'not on the bank statement',
      '--by',
      'u42',
    )
    expect(ran).toEqual({
      code: 0,
      out: 'omie-000000001 is resolved as not_done by u42: entry omie-000000002\n',
      err: '',
    })
    expect(await state.unknownOutcomes()).toEqual([])
    expect((await state.history(asked())).history.settled_today).toBe(0)
    expect((await state.open(payment({ amount: 70_000 }))).kind).toBe('opened')
    expect((await state.entries(2, 2))[0]?.event).toEqual({
      ...{ kind: 'resolved', entry: 'omie-000000002', resolves: 'omie-000000001', verdict: 'not_done' },
      ...{ reason: 'not on the bank statement', by: 'u42' },
      // Whatever the name given, and whatever the environment says, the account is the system's.
      written_as: { user: userInfo().username, host: hostname() },
    })
    expect(alcada(path, 'search', 'omie', '--entry', 'omie-000000001').out).toContain(
      `resolved as not_done by u42, as claimed by ${userInfo().username} on ${hostname()}: not on the bank statement`,
    )
    expect(await state.verify()).toMatchObject({ ok: true, rows: 3 })
  })

  test('done keeps it: it counts, and a repeat is told that it was done', async () => {
    const path = stateFolder()
    const state = await start(path)
    await state.open(payment({ amount: 70_000 }))
    await state.close('omie-000000001', { ...DONE, outcome: { kind: 'unknown', code: 'timeout' } })
    expect(alcada(path, 'resolve', 'omie-000000001', '--done', '--reason', 'seen in the ERP').code).toBe(0)
    expect(await state.open(payment({ amount: 70_000 }))).toEqual({
      kind: 'repeat',
      repeat: { state: 'done', entry: 'omie-000000001', result: null },
    })
    expect((await state.history(asked())).history.settled_today).toBe(70_000)
  })

  test('what is known, running or not there cannot be resolved, and nothing without a word or a reason', async () => {
    const { path } = await ledger()
    const state = await start(path)
    await state.open(payment({ reference: 'running' }))
    for (const entry of ['omie-000000001', 'omie-000000007', 'omie-000000099']) {
      const { code, err } = alcada(path, 'resolve', entry, '--done', '--reason', 'x')
      expect([code, err]).toEqual([1, `alcada: entry \`${entry}\` is none whose outcome is unknown\n`])
    }
    expect(alcada(path, 'resolve', 'omie-000000001', '--reason', 'x').code).toBe(2)
    expect(alcada(path, 'resolve', 'omie-000000001', '--done').code).toBe(2)
  })
})

describe('audit tail, search and export', () => {
  test('show entries with how they ended, the last ones or those that match', async () => {
    const { path } = await ledger()
    expect(alcada(path, 'tail', 'omie', '-n', '1').out).toBe(
      '2026-11-25T13:00:00.000Z  omie-000000005  failed validation  create_payment  agent-1 for u17  12345678000195\n',
    )
    const found = JSON.parse(
      alcada(path, 'search', 'omie', '--what', 'done', '--person', 'u17', '--format', 'json').out,
    )
    expect(found.entries.map(({ entry }: { entry: string }) => entry)).toEqual(['omie-000000001', 'omie-000000003'])
    expect(JSON.parse(alcada(path, 'search', 'omie', '--since', '2026-11-26', '--format', 'json').out).entries).toEqual(
      [],
    )
    expect(JSON.parse(alcada(path, 'search', 'omie', '--person', 'u18', '--format', 'json').out).entries).toEqual([])
  })

  test("export gives each decision in OPA's format, with tokens for what is personal", async () => {
    const { path } = await ledger()
    const out = join(path, 'decisions.jsonl')
    expect(alcada(path, 'export', 'omie', '--out', out).out).toBe(`3 decisions in ${out}\n`)
    const lines = readFileSync(out, 'utf8').trim().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      labels: { app: 'alcada', id: 'omie', erp: 'omie' },
      decision_id: 'omie-000000001',
      path: 'omie/decision',
      timestamp: '2026-11-25T13:00:00.000Z',
      bundles: { omie: { revision: '7' } },
      requested_by: 'agent-1',
      input: { args: { document: expect.stringMatching(/^tok_document_[0-9a-f]{32}$/) } },
      result: { effect: 'allow' },
    })
    expect(lines.join('')).not.toContain('52998224725')
  })
})

test('where there is no ledger it says so and makes none', () => {
  const path = stateFolder()
  const { code, err } = alcada(path, 'verify', 'omie')
  expect(code).toBe(1)
  expect(err).toContain('unable to open database file')
})
