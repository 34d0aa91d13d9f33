import type { LimitTaken, LimitTaking, LimitUse } from '../../engine/contract/erp-limit.ts'
import { all, first, type Here, type Steps } from './sql.ts'

/** Between two looks where only the end of another call can help. */
const LOOK_AGAIN_MS = 50
/** Until a call that is trying has told how it went. */
const TRIAL_MS = 2_000

/** Takes one place in each budget, or none. The clock is the database's: replicas need not agree on theirs. */
export function* takeLimit(here: Here, taking: LimitTaking): Steps<LimitTaken> {
  const now = yield* nowOf(here)
  const closed = yield* closedTo(taking, now)
  if (closed !== null && closed.kind !== 'trial') return closed
  const wait = yield* fullUntil(taking.uses, now)
  if (wait !== null) return wait
  if (closed !== null) {
    const held = now + taking.hold_ms
    for (const scope of closed.scopes) {
      yield* all('UPDATE limit_circuits SET trial = ?, trial_ms = ? WHERE scope = ?', taking.id, held, scope)
    }
  }
  for (const { scope } of taking.uses) {
    yield* all(
      'INSERT INTO limit_uses (id, scope, running, until_ms) VALUES (?, ?, 1, ?)',
      ...[taking.id, scope, now + taking.hold_ms],
    )
  }
  return { kind: 'taken' }
}

export function* nowOf(here: Here): Steps<number> {
  return Number((yield* first(`SELECT ${here.nowMs} AS now_ms`))?.['now_ms'])
}

/**
 * Why the call may not go; `trial` where it is the one that tries whether the ERP answers again. A read tries. A write
 * does only after a read of the same company has gone well since: a ban must not be found out with a payment.
 */
function* closedTo(
  { circuits, read }: LimitTaking,
  now: number,
): Steps<(LimitTaken & { kind: 'closed' }) | { kind: 'trial'; scopes: string[] } | null> {
  if (circuits.length === 0) return null
  const rows = yield* all(`SELECT * FROM limit_circuits WHERE scope IN (${marks(circuits)})`, ...circuits)
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

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
