import { withoutStopped } from '../../engine/contract/approval.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import type { RecordedEvent } from '../../engine/contract/ledger.ts'
import type { Overlay } from '../../engine/contract/overlay.ts'
import { putApproval, readApproval, recordApproval } from './approval-rows.ts'
import { append, nextEntry } from './ledger-append.ts'
import type {
  ConsentDropping,
  KeptOverlay,
  OverlayEnded,
  OverlayEnding,
  OverlayTaken,
  OverlayTaking,
} from './overlay-words.ts'
import { all, first, type Here, type SqlRow, type Steps } from './sql.ts'

/** Distinct persons that it takes to end one before its time. */
const TO_END = 2

/** All whose time is not over, ended or not. */
export function* keptOverlays(_here: Here, { at_ms }: { at_ms: number }): Steps<KeptOverlay[]> {
  const rows = yield* all(
    'SELECT id, digest, ended_ms, body FROM overlay WHERE until_ms > ? ORDER BY until_ms, id',
    at_ms,
  )
  const asked = yield* all(
    'SELECT e.id AS id, e.person AS person FROM overlay_end e JOIN overlay o ON o.id = e.id WHERE o.until_ms > ? ORDER BY e.at_ms',
    at_ms,
  )
  return rows.map((row) => ({
    overlay: overlayIn(row),
    digest: String(row['digest']),
    ended: row['ended_ms'] !== null,
    asked: asked.filter(({ id }) => id === row['id']).map(({ person }) => String(person)),
  }))
}

/** Keeps one, once it stands in the ledger. The sequence of those that the channel brings only rises. */
export function* takeOverlay(
  here: Here,
  { at_ms, overlay, sequence, digest, who }: OverlayTaking,
): Steps<OverlayTaken> {
  const known = yield* first('SELECT digest FROM overlay WHERE id = ?', overlay.id)
  if (known !== null) return { kind: known['digest'] === digest ? 'known' : 'replayed' }
  if (sequence > 0) {
    const newest = yield* first('SELECT max(sequence) AS newest FROM overlay')
    if (sequence <= Number(newest?.['newest'] ?? 0)) return { kind: 'replayed' }
  }
  yield* all(
    'INSERT INTO overlay (id, sequence, digest, until_ms, body) VALUES (?, ?, ?, ?, ?)',
    ...[overlay.id, sequence, digest, overlay.until_ms, JSON.stringify(overlay)],
  )
  return { kind: 'taken', entry: yield* recordOverlay(here, at_ms, 'overlay_taken', overlay, who) }
}

/** Ends one: at once where a bundle names it, with the second person otherwise. */
export function* endOverlay(here: Here, { at_ms, id, who, revision }: OverlayEnding): Steps<OverlayEnded> {
  const row = yield* first('SELECT body FROM overlay WHERE id = ? AND ended_ms IS NULL AND until_ms > ?', id, at_ms)
  if (row === null) return { kind: 'refused', code: 'overlay_unknown' }
  const overlay = overlayIn(row)
  if (who !== null) {
    const before = yield* all('SELECT person FROM overlay_end WHERE id = ?', id)
    if (before.some(({ person }) => person === who.person)) return { kind: 'refused', code: 'overlay_twice' }
    yield* all('INSERT INTO overlay_end (id, person, at_ms) VALUES (?, ?, ?)', id, who.person, at_ms)
    if (before.length + 1 < TO_END) {
      return { kind: 'asked', entry: yield* recordOverlay(here, at_ms, 'overlay_end_asked', overlay, who) }
    }
  }
  yield* all('UPDATE overlay SET ended_ms = ? WHERE id = ?', at_ms, id)
  return { kind: 'ended', entry: yield* recordOverlay(here, at_ms, 'overlay_ended', overlay, who, revision) }
}

/** Takes back the consent of persons who are stopped, from every call that has not been made yet; says from which. */
export function* dropConsents(here: Here, { at_ms, persons, roles, reason }: ConsentDropping): Steps<string[]> {
  const rows = yield* all(`SELECT body FROM approval WHERE state IN ('pending', 'approved')`)
  const changed: string[] = []
  for (const request of rows.map(readApproval)) {
    const left = withoutStopped(request, { persons, roles })
    if (left === request) continue
    yield* putApproval(left)
    yield* recordApproval(here, at_ms, 'consent_void', request, null, reason)
    changed.push(request.id)
  }
  return changed
}

function* recordOverlay(
  here: Here,
  at_ms: number,
  what: Extract<RecordedEvent['what'], `overlay_${string}`>,
  { id, stops, within, until_ms, reason, by }: Overlay,
  who: Caller | null,
  revision: number | null = null,
): Steps<string> {
  const entry = yield* nextEntry(here)
  yield* append(here, at_ms, {
    kind: 'recorded',
    entry,
    request: null,
    what,
    code: what,
    caller: who,
    tool: null,
    revision,
    bundle: null,
    input: null,
    decision: null,
    count: 1,
    source: null,
    overlay: { id, stops, within, until: new Date(until_ms).toISOString(), reason, by },
  })
  return entry
}

/** Written by this room alone. */
function overlayIn({ body }: SqlRow): Overlay {
  return JSON.parse(String(body))
}
