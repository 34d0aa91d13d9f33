import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from '../../servers/state/operations.ts'
import { openDatabase } from '../../servers/state/sqlite-database.ts'
import { SQLITE_NOW_MS, sqliteDriver } from '../../servers/state/sqlite-driver.ts'
import { openState, type RecordedEntry } from '../../servers/state/state.ts'
import { needs } from '../helpers/needs.ts'
import { startPostgres } from '../helpers/postgres.ts'
import { DONE, payment } from '../servers/state/fixtures.ts'
import { type Figure, median, quantile, times } from './figures.ts'

const MS = 3_000
const CALLERS = 64
const CALLS = 500

const ENTRY: RecordedEntry = {
  request: '6f1f6ad4-1c9e-4c0b-a4b2-2f6d0a4e8b11',
  what: 'denied',
  code: 'permission_missing',
  caller: {
    id: 'agent-1',
    person: 'u17',
    kind: 'agent',
    roles: ['viewer'],
    company: '12345678000195',
    token_age_s: 60,
  },
  tool: 'create_payment_draft',
  revision: 7,
  bundle: 'b'.repeat(64),
  input: null,
  decision: null,
}

/** Durable ledger entries: ours gather while one transaction is made durable; the peer gives each one of its own. */
export async function entries(): Promise<Figure[]> {
  const [sqlite, alone] = [await gathered(null), await oneByOne()]
  const what = `durable ledger entries a second, ${CALLERS} callers`
  const figures = [
    {
      what: `${what}, SQLite`,
      ours: sqlite.toFixed(0),
      peer: `one transaction an entry ${alone.toFixed(0)}`,
      ratio: `${times(sqlite, alone)} the entries`,
    },
    await costOfACall(null),
  ]
  if (needs('postgres').missing !== null) return figures
  const postgres = await startPostgres({ durable: true })
  const shared = await gathered(await postgres.database())
  const cost = await costOfACall(await postgres.database())
  await postgres.stop()
  return [
    ...figures,
    {
      what: `${what}, PostgreSQL`,
      ours: shared.toFixed(0),
      peer: `SQLite ${sqlite.toFixed(0)}`,
      ratio: `${times(shared, sqlite)} the entries`,
    },
    cost,
  ]
}

/** What the ledger adds to a call that waits for nobody else: an entry before, its end after. Without it: nothing. */
async function costOfACall(databaseUrl: string | null): Promise<Figure> {
  const path = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const state = await openState({ path, erp: 'omie', now: Date.now, databaseUrl })
  const took: number[] = []
  for (let index = 0; index < CALLS; index += 1) {
    const begun = performance.now()
    const opened = await state.open(payment({ reference: `${index}` }))
    if (opened.kind === 'opened') await state.close(opened.entry, DONE)
    took.push(performance.now() - begun)
  }
  await state.stop()
  rmSync(path, { recursive: true, force: true })
  return {
    what: `ledger of one payment, alone, ${databaseUrl === null ? 'SQLite' : 'PostgreSQL'}`,
    ours: `median ${median(took).toFixed(2)} ms, p95 ${quantile(took, 0.95).toFixed(2)} ms`,
    peer: 'without a ledger 0 ms',
    ratio: null,
  }
}

async function gathered(databaseUrl: string | null): Promise<number> {
  const path = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const state = await openState({ path, erp: 'omie', now: Date.now, databaseUrl })
  let count = 0
  const until = performance.now() + MS
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      await state.record(ENTRY)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  await state.stop()
  rmSync(path, { recursive: true, force: true })
  return (count * 1_000) / MS
}

async function oneByOne(): Promise<number> {
  const path = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const here = { erp: 'omie', replica: '', instance: 'bench', leaseMs: 10_000, nowMs: SQLITE_NOW_MS, head: null }
  const driver = sqliteDriver(openDatabase(path, 2_000), here)
  const event = { kind: 'recorded' as const, count: 1, source: null, ...ENTRY }
  let count = 0
  const until = performance.now() + MS
  while (performance.now() < until) {
    await driver.transact([ask('record', { at_ms: Date.now(), event })])
    count += 1
  }
  await driver.close()
  rmSync(path, { recursive: true, force: true })
  return (count * 1_000) / MS
}
