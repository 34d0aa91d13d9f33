import { type CheckpointKey, isSignedBy, type SignedCheckpoint } from './checkpoint.ts'
import { FIRST_PREV, type LedgerRow, verifyChain } from './ledger.ts'
import { type ArchivedSegment, segmentsFault } from './ledger-archive.ts'

/** One chain and what vouches for it. */
export interface LedgerEvidence {
  erp: string
  replica: string
  /** Public keys that may have signed. */
  keys: readonly CheckpointKey[]
  /** The server's own, by number. */
  checkpoints: readonly SignedCheckpoint[]
  /** Those that an anchor holds, by number; null: no anchor was asked. */
  anchored: readonly SignedCheckpoint[] | null
}

export type LedgerCheck =
  | {
      ok: true
      /** The first row that was looked at: above 1 where what came before is archived. */
      from: number
      /** How many were. */
      rows: number
      head: string
      /** Up to which row an anchor proves that nothing was cut off or written anew. */
      end: { kind: 'proved'; seq: number; after: number } | { kind: 'not_provable'; message: string }
    }
  | { ok: false; rows: number; broken: { seq: number; entry: string | null; reason: string } }

export interface LedgerVerifier {
  /** Takes the next rows, in order. False: it is broken, more need not come. */
  take(rows: Iterable<LedgerRow>): boolean
  end(): LedgerCheck
}

interface Wanted {
  hash: string
  by: string
}

interface Place {
  seq: number
  hash: string
}

/** The segments that checkpoints say are archived: the anchor's word where it has any. */
export function archivedIn({
  checkpoints,
  anchored,
}: Pick<LedgerEvidence, 'checkpoints' | 'anchored'>): ArchivedSegment[] {
  const heard = anchored === null || anchored.length === 0 ? checkpoints : anchored
  return heard.flatMap(({ checkpoint }) => checkpoint.archived ?? [])
}

/**
 * Judges a chain row by row: a changed byte, a row removed, put in or moved (by the chain itself); rows cut off at the end
 * and a chain that was written anew and signed again with the server's own key (by what an anchor holds).
 */
export function ledgerVerifier(evidence: LedgerEvidence): LedgerVerifier {
  const { checkpoints, anchored } = evidence
  const segments = archivedIn(evidence)
  const torn = segmentsFault(segments)
  let broken: Extract<LedgerCheck, { ok: false }>['broken'] | null =
    faultIn(checkpoints, evidence, "of the server's own") ??
    faultIn(anchored ?? [], evidence, 'of the anchor') ??
    (torn === null ? null : { seq: torn.segment.first_seq, entry: null, reason: torn.reason })
  // The anchor's word over the server's own.
  const wanted = new Map<number, Wanted>()
  for (const { checkpoint } of checkpoints) {
    wanted.set(checkpoint.seq, { hash: checkpoint.hash, by: `checkpoint ${checkpoint.number} of the server` })
  }
  for (const { checkpoint } of anchored ?? []) {
    wanted.set(checkpoint.seq, { hash: checkpoint.hash, by: `checkpoint ${checkpoint.number} of the anchor` })
  }
  const lastWanted = Math.max(0, ...wanted.keys())
  const lastAnchored = Math.max(0, ...(anchored ?? []).map(({ checkpoint }) => checkpoint.seq))
  let at: Place | null = null
  let from = 1
  let held = 0

  /** Where the first row has to follow: the beginning, or the end of a segment that is archived. */
  function beginAt({ seq, event }: LedgerRow): Place | null {
    if (seq <= 1) return BEGINNING
    const before = segments.find(({ last_seq }) => last_seq === seq - 1)
    if (before !== undefined) return { seq: before.last_seq, hash: before.hash }
    const whose = anchored === null ? 'signed checkpoint' : 'checkpoint of the anchor'
    const reason = `rows 1 to ${seq - 1} are gone, and no ${whose} says that they were archived`
    broken = { seq, entry: event.entry, reason }
    return null
  }

  function takeRow(row: LedgerRow): void {
    if (at === null) {
      at = beginAt(row)
      if (at === null) return
      from = at.seq + 1
      held = at.seq
    }
    const checked = verifyChain([row], at)
    if (!checked.ok) {
      broken = checked.broken
      return
    }
    at = { seq: row.seq, hash: row.hash }
    const claim = wanted.get(row.seq)
    if (claim === undefined) return
    if (claim.hash === row.hash) held = row.seq
    else {
      const reason = `not the row of ${claim.by}: the chain was written anew, somewhere from row ${held + 1} to here`
      broken = { seq: row.seq, entry: row.event.entry, reason }
    }
  }

  return {
    take(rows) {
      for (const row of rows) {
        if (broken !== null) return false
        takeRow(row)
      }
      return broken === null
    },
    end() {
      const { seq, hash } = at ?? BEGINNING
      if (broken === null && seq < lastWanted) {
        const by = wanted.get(lastWanted)?.by ?? ''
        const reason = `the end was cut off: ${by} knows row ${lastWanted}, the last one here is ${seq}`
        broken = { seq: seq + 1, entry: null, reason }
      }
      const rows = Math.max(0, seq - from + 1)
      if (broken !== null) return { ok: false, rows, broken }
      const end =
        anchored === null || lastAnchored === 0
          ? ({ kind: 'not_provable', message: 'end not provable' } as const)
          : ({ kind: 'proved', seq: lastAnchored, after: seq - lastAnchored } as const)
      return { ok: true, from, rows, head: hash, end }
    },
  }
}

const BEGINNING: Place = { seq: 0, hash: FIRST_PREV }

function faultIn(
  signed: readonly SignedCheckpoint[],
  { erp, replica, keys }: LedgerEvidence,
  whose: string,
): { seq: number; entry: null; reason: string } | null {
  let before = 0
  for (const [index, one] of signed.entries()) {
    const { checkpoint, key } = one
    const fault = (reason: string): { seq: number; entry: null; reason: string } => {
      return { seq: checkpoint.seq, entry: null, reason: `checkpoint ${checkpoint.number} ${whose} ${reason}` }
    }
    if (checkpoint.number !== index + 1) return fault(`stands where ${index + 1} is expected`)
    if (checkpoint.erp !== erp || checkpoint.replica !== replica) return fault('speaks of another chain')
    if (checkpoint.seq <= before) return fault('does not lie beyond the one before it')
    if (!isSignedBy(one, keys)) return fault(`is not signed by a key that is trusted (it names \`${key}\`)`)
    before = checkpoint.seq
  }
  return null
}
