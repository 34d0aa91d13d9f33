import { copyFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAnchor } from '../../../servers/state/anchor.ts'
import type { AuditCheck } from '../../../servers/state/archived-chain.ts'
import { openAudit } from '../../../servers/state/audit.ts'
import { ownCheckpointKey } from '../../../servers/state/checkpoint-key.ts'
import { query } from '../../helpers/postgres.ts'
import { type Database, databases, type Place } from '../../helpers/state/databases.ts'
import { aged, pay, SELDOM } from './aged.ts'

const ENTRY_3 = 'omie-000000003'
const GAP = 'DELETE FROM ledger WHERE seq = 4'
const ROOM = ['UPDATE ledger SET seq = seq + 100 WHERE seq > 2', 'UPDATE ledger SET seq = seq - 99 WHERE seq > 100']
const PUT_IN = `INSERT INTO ledger (replica, seq, at_ms, prev, hash, event)
  SELECT replica, 3, at_ms, prev, hash, replace(event, '"kind":"closed"', '"kind":"recorded"') FROM ledger WHERE seq = 2`
const SWAP = [
  'UPDATE ledger SET seq = 100 WHERE seq = 2',
  'UPDATE ledger SET seq = 2 WHERE seq = 4',
  'UPDATE ledger SET seq = 4 WHERE seq = 100',
]

// Whoever holds the database may do all of this: the chain tells, or the anchor that they do not hold.
describe.each(databases.filter(({ missing }) => missing === null))('a ledger in $name', ({ start }) => {
  let database: Database
  beforeAll(async () => {
    database = await start()
  })
  afterAll(() => database.stop())

  /** Three payments, six rows, and the anchor that knows the last one. */
  async function written(keysOf?: Place): Promise<{ place: Place; anchor: string }> {
    const place = await database.fresh()
    if (keysOf !== undefined) {
      for (const file of ['checkpoint-key.json', 'mask.key'])
        copyFileSync(join(keysOf.path, file), join(place.path, file))
    }
    const anchor = mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
    const { state } = await aged(
      { ...place, checkpoint: { ...SELDOM, anchors: [anchor] } },
      keysOf === undefined ? 0 : 1,
    )
    await pay(state, 'A', 'B', 'C')
    await state.stop()
    return { place, anchor }
  }

  async function tamper({ path, databaseUrl }: Place, statements: readonly string[]): Promise<void> {
    if (databaseUrl !== null) {
      const all = ['SET search_path TO erp_omie', 'ALTER TABLE ledger DISABLE TRIGGER ALL', ...statements]
      await query(databaseUrl, all.join(';\n'))
      return
    }
    const file = new DatabaseSync(join(path, 'ledger.sqlite'), { timeout: 5_000 })
    for (const name of ['update', 'delete', 'replace']) file.exec(`DROP TRIGGER ledger_no_${name}`)
    for (const statement of statements) file.exec(statement)
    file.close()
  }

  async function verify(place: Place, anchor: string | null): Promise<AuditCheck> {
    const key = ownCheckpointKey(place.path)
    const anchored = anchor === null ? null : await openAnchor(anchor, null).read({ erp: 'omie', replica: '' })
    const audit = openAudit({ ...place, erp: 'omie' })
    try {
      return await audit.verify({ replica: '', keys: key === null ? [] : [key], anchored }, null)
    } finally {
      await audit.close()
    }
  }

  test('as it was written holds, up to its end', async () => {
    const { place, anchor } = await written()
    expect(await verify(place, anchor)).toMatchObject({ ok: true, rows: 6, end: { kind: 'proved', seq: 6, after: 0 } })
  })

  test.each<[string, readonly string[], object]>([
    [
      'a changed byte',
      [`UPDATE ledger SET event = replace(event, '"amount":90000', '"amount":90001') WHERE seq = 3`],
      { seq: 3, entry: ENTRY_3 },
    ],
    ['a changed time', ['UPDATE ledger SET at_ms = at_ms + 1 WHERE seq = 3'], { seq: 3, entry: ENTRY_3 }],
    ['a removed entry', [GAP], { seq: 5, reason: 'expected row 4, got 5' }],
    ['an entry that was put in', [...ROOM, PUT_IN], { seq: 3 }],
    ['two entries that were swapped', SWAP, { seq: 2 }],
  ])('%s is found where it stands, without an anchor too', async (_what, statements, broken) => {
    const { place, anchor } = await written()
    await tamper(place, statements)
    for (const known of [null, anchor]) expect(await verify(place, known)).toMatchObject({ ok: false, broken })
  })

  test('an end that was cut off with the checkpoint of it is missed by the anchor', async () => {
    const { place, anchor } = await written()
    await tamper(place, ['DELETE FROM ledger WHERE seq > 4', 'DELETE FROM checkpoints'])
    expect(await verify(place, anchor)).toMatchObject({
      ok: false,
      broken: { reason: 'the end was cut off: checkpoint 1 of the anchor knows row 6, the last one here is 4' },
    })
  })

  test("one written anew and signed with the server's own key holds by itself, and not before the anchor", async () => {
    const { place, anchor } = await written()
    const forged = await written(place)
    expect(await verify(forged.place, null)).toMatchObject({ ok: true })
    expect(await verify(forged.place, forged.anchor)).toMatchObject({ ok: true, end: { kind: 'proved' } })
    expect(await verify(forged.place, anchor)).toMatchObject({
      ok: false,
      broken: {
        reason: expect.stringContaining('not the row of checkpoint 1 of the anchor: the chain was written anew'),
      },
    })
  })
})
