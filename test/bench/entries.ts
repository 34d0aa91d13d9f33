import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../servers/state/database.ts'
import { ledgerWriter } from '../../servers/state/ledger-writer.ts'
import { openState, type RecordedEntry } from '../../servers/state/state.ts'
import { type Figure, times } from './figures.ts'

const MS = 3_000
const CALLERS = 64

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
  const [ours, theirs] = [await gathered(), oneByOne()]
  return [
    {
      what: `durable ledger entries a second, ${CALLERS} callers`,
      ours: ours.toFixed(0),
      peer: `one transaction an entry ${theirs.toFixed(0)}`,
      ratio: `${times(ours, theirs)} the entries`,
    },
  ]
}

async function gathered(): Promise<number> {
  const path = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const state = await openState({ path, erp: 'omie', now: Date.now })
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

function oneByOne(): number {
  const path = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const writer = ledgerWriter(openDatabase(path, 2_000), 'omie')
  const event = { kind: 'recorded' as const, count: 1, source: null, ...ENTRY }
  let count = 0
  const until = performance.now() + MS
  while (performance.now() < until) {
    writer.write([{ op: 'record', at_ms: Date.now(), event }])
    count += 1
  }
  writer.close()
  rmSync(path, { recursive: true, force: true })
  return (count * 1_000) / MS
}
