import type { GrantFailed, GrantKept, GrantRow, GrantTaken, GrantTaking } from '../../engine/contract/erp-grant.ts'
import { all, first, type Here, nowOf, type SqlRow, type Steps } from './sql.ts'

/** Between two looks at what another process renews. */
const LOOK_AGAIN_MS = 100
/** A token that was got because of a refusal, and is refused as well: no third is asked for within this time. */
const REFUSED_MS = 60_000
const LONGEST_WAIT_MS = 60_000
/** Of a login before the last: its servers have the new one by now. */
const KEPT_MS = 7 * 86_400_000

/** Gives the token that is there, or lets one process of all renew it. */
export function* takeGrant(here: Here, { company, origin, refused, holder, hold_ms }: GrantTaking): Steps<GrantTaken> {
  const now = yield* nowOf(here)
  const row = yield* first('SELECT * FROM grants WHERE company = ? AND origin = ?', company, origin)
  if (row === null) {
    yield* all(
      `INSERT INTO grants (company, origin, version, sealed, renew_ms, until_ms, saved_ms, after_refusal, rotates,
         holder, held_ms, failures, why, wait_ms, ended) VALUES (?, ?, 0, NULL, 0, 0, ?, 0, 0, ?, ?, 0, '', 0, NULL)`,
      ...[company, origin, now, holder, now + hold_ms],
    )
    return { kind: 'renew', version: 0, sealed: null, left_ms: 0 }
  }
  if (row['ended'] !== null) return { kind: 'ended', why: row['ended'] === 'restored' ? 'restored' : 'refused' }
  const version = Number(row['version'])
  const usable = givenNow(row, now, refused)
  if (usable !== null && usable.renew_in_ms > 0) return usable
  // The ERP is asked to be quick by nobody: what is there is used as long as it may be.
  if (Number(row['wait_ms']) > now) {
    return usable ?? { kind: 'failed', why: String(row['why']), ms: Number(row['wait_ms']) - now }
  }
  if (row['holder'] !== null && row['holder'] !== holder && Number(row['held_ms']) > now) {
    return usable ?? { kind: 'wait', ms: LOOK_AGAIN_MS }
  }
  const again = Number(row['saved_ms']) + REFUSED_MS - now
  if (refused === version && Number(row['after_refusal']) === 1 && again > 0) {
    return { kind: 'refused_again', ms: again }
  }
  yield* all(
    'UPDATE grants SET holder = ?, held_ms = ? WHERE company = ? AND origin = ?',
    ...[holder, now + hold_ms, company, origin],
  )
  const sealed = row['sealed'] === null ? null : String(row['sealed'])
  return { kind: 'renew', version, sealed, left_ms: usable?.left_ms ?? 0 }
}

function givenNow(row: SqlRow, now: number, refused: number | null): (GrantTaken & { kind: 'given' }) | null {
  const version = Number(row['version'])
  const left = Number(row['until_ms']) - now
  if (row['sealed'] === null || left <= 0 || (refused !== null && version <= refused)) return null
  const renew_in_ms = Math.max(0, Number(row['renew_ms']) - now)
  return { kind: 'given', version, sealed: String(row['sealed']), left_ms: left, renew_in_ms }
}

/**
 * Keeps what was got in place of a version. Whoever took too long and was taken for gone still keeps it, as long as
 * nobody has kept another: what the ERP gave last is worth more than what it was given for.
 */
export function* keepGrant(here: Here, kept: GrantKept): Steps<boolean> {
  const { company, origin, version, sealed, lives_ms, renew_in_ms, after_refusal, rotates } = kept
  const row = yield* first('SELECT version FROM grants WHERE company = ? AND origin = ?', company, origin)
  if (row === null || Number(row['version']) !== version) return false
  const now = yield* nowOf(here)
  yield* all(
    `UPDATE grants SET version = ?, sealed = ?, renew_ms = ?, until_ms = ?, saved_ms = ?, after_refusal = ?,
       rotates = ?, holder = NULL, held_ms = 0, failures = 0, why = '', wait_ms = 0, ended = NULL
     WHERE company = ? AND origin = ?`,
    ...[version + 1, sealed, now + renew_in_ms, now + lives_ms, now, after_refusal ? 1 : 0, rotates ? 1 : 0],
    ...[company, origin],
  )
  yield* all(
    'DELETE FROM grants WHERE company = ? AND origin <> ? AND saved_ms < ?',
    ...[company, origin, now - KEPT_MS],
  )
  return true
}

/** Says how an attempt failed, so that no other process tries the same at once. */
export function* failGrant(here: Here, failed: GrantFailed): Steps<null> {
  const { company, origin, holder, version, why, ended, wait_ms } = failed
  const row = yield* first(
    'SELECT failures FROM grants WHERE company = ? AND origin = ? AND holder = ? AND version = ?',
    ...[company, origin, holder, version],
  )
  // Somebody else renews it by now, or has: it is theirs to tell.
  if (row === null) return null
  const failures = Number(row['failures'])
  const wait = Math.max(wait_ms, Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(failures, 6)))
  yield* all(
    `UPDATE grants SET holder = NULL, held_ms = 0, failures = ?, why = ?, wait_ms = ${here.nowMs} + ?, ended = ?
     WHERE company = ? AND origin = ?`,
    ...[failures + 1, why, wait, ended ? 'refused' : null, company, origin],
  )
  return null
}

export function* allGrants(_here: Here): Steps<GrantRow[]> {
  const rows = yield* all('SELECT company, origin, version, sealed FROM grants WHERE sealed IS NOT NULL')
  return rows.map((row) => ({
    company: String(row['company']),
    origin: String(row['origin']),
    version: Number(row['version']),
    sealed: String(row['sealed']),
  }))
}

export function* resealGrant(_here: Here, { company, origin, version, sealed }: GrantRow): Steps<null> {
  yield* all(
    'UPDATE grants SET sealed = ? WHERE company = ? AND origin = ? AND version = ?',
    ...[sealed, company, origin, version],
  )
  return null
}

/**
 * Of a copy of the past: a refresh token that the ERP takes once was used since, and whoever uses it again may end the
 * grant for the server that goes on with it. What can be got anew is got anew.
 */
export function* forgetGrants(): Steps<void> {
  yield* all("UPDATE grants SET ended = 'restored', sealed = NULL, holder = NULL WHERE rotates = 1")
  yield* all('DELETE FROM grants WHERE rotates = 0')
}
