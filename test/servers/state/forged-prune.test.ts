import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { FIRST_PREV, rowHash } from '../../../engine/contract/ledger.ts'
import { type ArchivedSegment, archivePath } from '../../../engine/contract/ledger-archive.ts'
import { openAnchor } from '../../../servers/state/anchor.ts'
import { writeArchive } from '../../../servers/state/archive-file.ts'
import { type AuditCheck, verifyWhole } from '../../../servers/state/archived-chain.ts'
import { openAudit } from '../../../servers/state/audit.ts'
import { checkpointSigner, ownCheckpointKey } from '../../../servers/state/checkpoint-key.ts'
import { readLedger } from '../../../servers/state/read-ledger.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { aged, DAY, pay, RULES, SELDOM } from './aged.ts'

async function verify(path: string, anchor: string | null): Promise<AuditCheck> {
  const key = ownCheckpointKey(path)
  const anchored = anchor === null ? null : await openAnchor(anchor, null).read({ erp: 'omie', replica: '' })
  const audit = openAudit({ path, erp: 'omie', databaseUrl: null })
  try {
    return await audit.verify({ replica: '', keys: key === null ? [] : [key], anchored }, join(path, 'archive'))
  } finally {
    await audit.close()
  }
}

async function ledger(): Promise<{ path: string; anchor: string }> {
  const path = stateFolder()
  const anchor = mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
  const { state } = await aged({ path, checkpoint: { ...SELDOM, anchors: [anchor] } })
  await pay(state, 'A', 'B', 'C')
  await state.stop()
  return { path, anchor }
}

function change(path: string, ...statements: [string, ...(string | number)[]][]): void {
  const database = new DatabaseSync(join(path, 'ledger.sqlite'), { timeout: 5_000 })
  for (const [sql, ...values] of statements) database.prepare(sql).run(...values)
  database.close()
}

test('rows that are simply deleted are missed, with and without the anchor', async () => {
  const { path, anchor } = await ledger()
  change(path, ['DROP TRIGGER ledger_no_delete'], ['DELETE FROM ledger WHERE seq <= 2'])
  const broken = { seq: 3, entry: 'omie-000000003' }
  expect(await verify(path, null)).toMatchObject({
    broken: { ...broken, reason: 'rows 1 to 2 are gone, and no signed checkpoint says that they were archived' },
  })
  expect(await verify(path, anchor)).toMatchObject({
    broken: { ...broken, reason: 'rows 1 to 2 are gone, and no checkpoint of the anchor says that they were archived' },
  })
})

test('a start forged with an archive of its own and signed with the key of the server is found by the anchor', async () => {
  const { path, anchor } = await ledger()
  const rows = readLedger(path)
  const [first, second, last] = [rows[0], rows[1], rows.at(-1)]
  if (first === undefined || second === undefined || last === undefined) throw new Error('expected six rows')
  const bare: ArchivedSegment = {
    ...{ number: 1, first_seq: 1, last_seq: 2, prev: first.prev, hash: second.hash, until_ms: second.at_ms },
    ...{ file: archivePath('omie', '', 1, 2), sha256: '', bytes: 0 },
  }
  const segment = { ...bare, ...(await writeArchive(join(path, 'archive'), bare, [first, second])) }
  const checkpoint = { erp: 'omie', replica: '', number: 1, seq: last.seq, hash: last.hash, at_ms: last.at_ms }
  const forged = checkpointSigner(path, null).sign({ ...checkpoint, archived: [segment] })
  change(
    path,
    ['DROP TRIGGER ledger_no_delete'],
    ['DELETE FROM ledger WHERE seq <= 2'],
    ['UPDATE checkpoints SET signed = ? WHERE number = 1', JSON.stringify(forged)],
  )
  // With the server's key anybody can say so: that is what the anchor is for.
  expect(await verify(path, null)).toMatchObject({ ok: true, rows: 6 })
  // And whoever then throws the archive away is found out without one.
  rmSync(join(path, 'archive', segment.file))
  expect((await verify(path, null)).ok).toBe(false)
  expect(await verify(path, anchor)).toMatchObject({
    ok: false,
    broken: { reason: 'rows 1 to 2 are gone, and no checkpoint of the anchor says that they were archived' },
  })
})

test('what a checkpoint says of an archive is under its signature', async () => {
  const path = stateFolder()
  const world = await aged({ path })
  await pay(world.state, 'A')
  world.day = 100
  await world.state.archive(RULES)
  await world.state.stop()
  expect(await verify(path, null)).toMatchObject({ ok: true })
  const database = new DatabaseSync(join(path, 'ledger.sqlite'))
  const kept = database.prepare('SELECT number, signed FROM checkpoints ORDER BY number').all()
  const telling = kept.find(({ signed }) => String(signed).includes('archived'))
  database.close()
  const changed = String(telling?.['signed']).replace('"bytes":', '"bytes":1')
  change(path, ['UPDATE checkpoints SET signed = ? WHERE number = ?', changed, Number(telling?.['number'])])
  const check = await verify(path, null)
  expect(!check.ok && check.broken.reason).toMatch(/^checkpoint 1 of the server's own is not signed by a key/)
})

test('archives removed before their time are found', async () => {
  const event = {
    ...{
      kind: 'recorded' as const,
      what: 'archives_removed' as const,
      code: 'archives_removed',
      entry: 'omie-000000001',
    },
    ...{ request: null, caller: null, tool: null, revision: null, bundle: null, input: null, decision: null },
    ...{ count: 1, source: null },
    removed: { through: 1, last_seq: 2, until_ms: 0, trail_retention_days: 1_826 },
  }
  const removedOn = async (day: number): Promise<AuditCheck> => {
    const row = { seq: 1, at_ms: day * DAY, prev: FIRST_PREV, event }
    const rows = (async function* () {
      yield { ...row, hash: rowHash(row) }
    })()
    const evidence = { erp: 'omie', replica: '', keys: [], checkpoints: [], anchored: null }
    return verifyWhole(evidence, rows, stateFolder())
  }
  expect(await removedOn(1_826)).toMatchObject({ ok: true })
  expect(await removedOn(1_825)).toMatchObject({
    broken: { seq: 1, entry: 'omie-000000001', reason: 'archives were removed before their time' },
  })
})
