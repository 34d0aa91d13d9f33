import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAudit } from '../../../servers/state/audit.ts'
import { readSigner } from '../../../servers/state/checkpoint-key.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { type Database, databases, type Place } from '../../helpers/state/databases.ts'
import { aged, pay, SELDOM } from './aged.ts'
import { ALLOW, AURORA, payment, paymentInput, WEDNESDAY } from './fixtures.ts'

const WORD = { by: 'dba', written_as: { user: 'dba', host: 'box' } }
const RESTORED = { backup: 'omie_20261124_020000', made_at: '2026-11-24T02:00:00.000Z', before: null }

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start }) => {
  let database: Database
  beforeAll(async () => {
    database = await start()
  })
  afterAll(() => database.stop())

  async function restored(place: Place): Promise<ReturnType<typeof openAudit>> {
    const audit = openAudit({ ...place, erp: 'omie' }, 'write')
    await audit.restore({ at_ms: WEDNESDAY + 60_000, of: 'copy', restored: RESTORED, ...WORD })
    return audit
  }

  test('money does not move after a restore until somebody says that ledger and ERP were compared', async () => {
    const place = await database.fresh()
    const before = await aged(place)
    await pay(before.state, 'A')
    await before.state.stop()
    const audit = await restored(place)

    const { state } = await aged(place)
    expect(await state.restoredAt()).toBe(WEDNESDAY + 60_000)
    expect(await state.open(payment({ reference: 'B' }))).toEqual({ kind: 'unreconciled' })
    const input = paymentInput({ reference: 'C' })
    const facts = { ...input.facts, amount: null }
    const read = { ...input, tool: { ...input.tool, effect: 'read' as const, money: false }, facts }
    expect(await state.open({ ...payment({ reference: 'C' }), input: read })).toMatchObject({ kind: 'opened' })
    // A read that is still running is no outcome to look into.
    expect(await audit.reconcile({ at_ms: WEDNESDAY + 120_000, reason: 'statement compared', ...WORD })).toEqual({
      entry: 'omie-000000005',
    })
    expect(await state.open(payment({ reference: 'B' }))).toMatchObject({ kind: 'opened' })
    await expect(audit.reconcile({ at_ms: WEDNESDAY, reason: 'again', ...WORD })).rejects.toThrow(
      /nothing waits for it/,
    )
    await audit.close()
    await state.stop()
  })

  test('a request that was approved is void, too: nobody makes the call with it any more', async () => {
    const place = await database.fresh()
    const { state } = await aged(place)
    const input = paymentInput({ reference: 'B' })
    const { caller, tool, args, facts } = input
    const { effect, permission } = tool
    const { request } = await state.approvals.ask({
      binding: { caller, company: AURORA, tool: tool.name, catalogue: 'c', effect, permission, args, facts },
      asked: { count: 1, roles: ['approver'] },
      sealed: {
        ...{ args, resolved: {}, before: null },
        identity: { caller, companies: [AURORA], rolesClaimed: true, tokenId: null },
      },
      input,
      decision: { ...ALLOW, effect: 'require_approval' },
      ...{ expiresS: 86_400, substitutes: {}, request: 'r1', revision: 7, bundle: 'b' },
    })
    const approver = { by: 'u90', person: 'u90', roles: ['approver'] }
    const who = { ...caller, id: 'u90', person: 'u90', kind: 'human' as const, roles: ['approver'] }
    await state.approvals.decide(request.id, approver, who, { kind: 'approve' })
    await state.stop()
    const audit = await restored(place)
    await audit.close()
    const again = await aged(place)
    const rows = await again.state.entries(1, 100)
    expect(rows.map(({ event }) => (event.kind === 'recorded' ? event.what : event.kind)).slice(-3)).toEqual([
      'approval_given',
      'restored',
      'approval_void',
    ])
    await again.state.stop()
  })

  test('an anchor that knows the rows which a restore took away is explained by the entry of the restore', async () => {
    const place = await database.fresh()
    const anchor = mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
    const checkpoint = { ...SELDOM, anchors: [anchor], everyEntries: 1 }
    const before = await aged({ ...place, checkpoint })
    await pay(before.state, 'A')
    await before.state.stop()
    await (await restored(place)).close()
    // A checkpoint of a row that this ledger has otherwise.
    const folder = join(anchor, 'omie', '_')
    const files = readdirSync(folder).sort()
    const number = files.length + 1
    const { checkpoint: held } = JSON.parse(readFileSync(join(folder, files[0] ?? ''), 'utf8'))
    const later = readSigner(place.path, null).sign({ ...held, seq: 99, number })
    writeFileSync(join(folder, `${String(number).padStart(9, '0')}.json`), JSON.stringify(later))
    const env = {
      ALCADA_STATE_DIR: place.path,
      ...(place.databaseUrl === null ? {} : { ALCADA_DATABASE_URL: place.databaseUrl }),
    }
    const { code, out } = await runAlcada(['audit', 'verify', 'omie', '--anchor', anchor], env)
    expect(code).toBe(3)
    expect(out).toContain('says that it was restored on 2026-11-25T13:01:00.000Z from omie_20261124_020000, made on')
    expect(out).toContain('verify it there with this anchor, and give the restored server another place')
    rmSync(anchor, { recursive: true })
  })

  test('a call that ran when the backup was made is unknown, and has to be looked into first', async () => {
    const place = await database.fresh()
    const before = await aged(place)
    const opened = await before.state.open(payment({ reference: 'A' }))
    expect(opened.kind).toBe('opened')
    const audit = await restored(place)
    expect(await audit.unknown()).toEqual(['omie-000000001'])
    const word = { at_ms: WEDNESDAY + 120_000, reason: 'looked', ...WORD }
    await expect(audit.reconcile(word)).rejects.toThrow(/outcome of `omie-000000001` is still unknown/)
    await audit.resolve({ ...word, resolves: 'omie-000000001', verdict: 'not_done' })
    expect(await audit.reconcile(word)).toEqual({ entry: 'omie-000000004' })
    await audit.close()
    await before.state.stop()
  })

  test('after a restore by other means a word does the same, and is not taken while a server runs', async () => {
    const place = await database.fresh()
    const env = {
      ALCADA_STATE_DIR: place.path,
      ...(place.databaseUrl === null ? {} : { ALCADA_DATABASE_URL: place.databaseUrl }),
    }
    const say = (madeAt: string): Promise<Ran> =>
      runAlcada(['audit', 'restored', 'omie', '--backup', 'omie.dump', '--made-at', madeAt, '--by', 'dba'], env)
    const { state } = await aged(place)
    await pay(state, 'A')
    expect(await say('2026-11-24T02:00Z')).toMatchObject({
      code: 1,
      err: expect.stringContaining('a server runs on it'),
    })
    await state.stop()
    expect(await say('yesterday')).toMatchObject({ code: 2 })
    expect(await say('2026-11-24T02:00Z')).toMatchObject({
      code: 0,
      out: 'omie: entry omie-000000003; void: 0 requests for approval, every token issued until now; unknown: the outcome of 0 calls\n',
    })
    const again = await aged(place)
    expect(await again.state.open(payment({ reference: 'B' }))).toEqual({ kind: 'unreconciled' })
    await again.state.stop()
  })

  test('the ledger says of what the state was made, and its chain holds', async () => {
    const place = await database.fresh()
    const before = await aged(place)
    await pay(before.state, 'A')
    await before.state.stop()
    await (await restored(place)).close()
    const { state } = await aged(place)
    const [row] = await state.entries(3, 3)
    expect(row?.event).toMatchObject({ what: 'restored', entry: 'omie-000000003', restored: RESTORED, ...WORD })
    expect(await state.verify()).toMatchObject({ ok: true, rows: 3 })
    await state.stop()
  })
})
