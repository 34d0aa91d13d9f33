import type { LimitTaken, LimitTaking, LimitUse } from '../../engine/contract/erp-limit.ts'
import { all, change, type Here, marks, type SqlRow, type Steps } from './sql.ts'

/** Between two looks where only the end of another call can help. */
const LOOK_AGAIN_MS = 50
/** Until a call that is trying has told how it went. */
const TRIAL_MS = 2_000

/**
 * Takes one place in each budget, or none. The clock is the database's: replicas need not agree on theirs. Every call
 * waits for this, so it asks the database no more than three times.
 */
export function* takeLimit(here: Here, taking: LimitTaking): Steps<LimitTaken> {
  const { now, rows } = yield* circuitsNow(here, taking.circuits)
  const closed = closedTo(taking, rows, now)
  if (closed !== null && closed.kind !== 'trial') return closed
  const wait = yield* fullUntil(taking.uses, now)
  if (wait !== null) return wait
  const held = now + taking.hold_ms
  for (const scope of closed?.scopes ?? []) {
    yield* change('UPDATE limit_circuits SET trial = ?, trial_ms = ? WHERE scope = ?', taking.id, held, scope)
  }
  const { uses, id } = taking
  if (uses.length > 0) {
    yield* change(
      `INSERT INTO limit_uses (id, scope, running, until_ms) VALUES ${uses.map(() => '(?, ?, 1, ?)').join(', ')}`,
      ...uses.flatMap(({ scope }) => [id, scope, held]),
    )
  }
  return { kind: 'taken' }
}

/** The database's clock, and what stands of these circuits, in one look. */
function* circuitsNow(here: Here, circuits: readonly string[]): Steps<{ now: number; rows: SqlRow[] }> {
  const looked = yield* all(
    `SELECT clock.now_ms AS now_ms, c.* FROM (SELECT ${here.nowMs} AS now_ms) AS clock
     LEFT JOIN limit_circuits c ON c.scope IN (${circuits.length === 0 ? 'NULL' : marks(circuits)})`,
    ...circuits,
  )
  return { now: Number(looked[0]?.['now_ms']), rows: looked.filter((row) => row['scope'] !== null) }
}

/**
 * Why the call may not go; `trial` where it is the one that tries whether the ERP answers again. A read tries. A write
 * does only after a read of the same company has gone well since: a ban must not be found out with a payment.
 */
function closedTo(
  { read }: LimitTaking,
  rows: readonly SqlRow[],
  now: number,
): (LimitTaken & { kind: 'closed' }) | { kind: 'trial'; scopes: string[] } | null {
  const scopes: string[] = []
  for (const row of rows) {
    const scope = String(row['scope'])
    const why = row['kind'] === 'rate_limited' ? ('rate_limited' as const) : ('blocked' as const)
    const left = Number(row['until_ms']) - now
    if (left > 0) return { kind: 'closed', why, scope, ms: left }
    // What the ERP said of one call ends with its time; what it thinks of a key has to be found out.
    if (why === 'rate_limited') continue
    const trying = Number(row['trial_ms']) > now
    if (trying || !(read || Number(row['read_ok']) === 1)) return { kind: 'closed', why: 'trial', scope, ms: TRIAL_MS }
    scopes.push(scope)
  }
  return scopes.length === 0 ? null : { kind: 'trial', scopes }
}

function* fullUntil(uses: readonly LimitUse[], now: number): Steps<(LimitTaken & { kind: 'wait' }) | null> {
  if (uses.length === 0) return null
  const rows = yield* all(
    `SELECT scope, count(*) AS used, sum(running) AS running,
       min(CASE WHEN running = 0 THEN until_ms END) AS next_ms
     FROM limit_uses WHERE scope IN (${marks(uses)}) AND until_ms > ? GROUP BY scope`,
    ...uses.map(({ scope }) => scope),
    now,
  )
  const waits: { ms: number; slots: boolean }[] = []
  for (const { scope, max, concurrency } of uses) {
    const row = rows.find((one) => one['scope'] === scope)
    const [used, running] = [Number(row?.['used'] ?? 0), Number(row?.['running'] ?? 0)]
    if (running >= (concurrency ?? Number.POSITIVE_INFINITY)) waits.push({ ms: LOOK_AGAIN_MS, slots: true })
    if (used < (max ?? Number.POSITIVE_INFINITY)) continue
    const next = row?.['next_ms'] ?? null
    waits.push({ ms: next === null ? LOOK_AGAIN_MS : Math.max(1, Number(next) - now), slots: next === null })
  }
  if (waits.length === 0) return null
  return { kind: 'wait', ms: Math.max(...waits.map(({ ms }) => ms)), slots: waits.some(({ slots }) => slots) }
}
