import { type CheckpointKey, isSignedBy, type SignedCheckpoint } from './checkpoint.ts'
import { FIRST_PREV, type LedgerRow, verifyChain } from './ledger.ts'

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

/**
 * Judges a chain row by row: a changed byte, a row removed, put in or moved (by the chain itself); rows cut off at the end
 * and a chain that was written anew and signed again with the server's own key (by what an anchor holds).
 */
export function ledgerVerifier(evidence: LedgerEvidence): LedgerVerifier {
  const { checkpoints, anchored } = evidence
  let broken: Extract<LedgerCheck, { ok: false }>['broken'] | null =
    faultIn(checkpoints, evidence, "of the server's own") ?? faultIn(anchored ?? [], evidence, 'of the anchor')
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
  let at = { seq: 0, hash: FIRST_PREV }
  let held = 0

  function takeRow(row: LedgerRow): void {
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
      if (broken === null && at.seq < lastWanted) {
        const by = wanted.get(lastWanted)?.by ?? ''
        const reason = `the end was cut off: ${by} knows row ${lastWanted}, the last one here is ${at.seq}`
        broken = { seq: at.seq + 1, entry: null, reason }
      }
      if (broken !== null) return { ok: false, rows: at.seq, broken }
      const end =
        anchored === null || lastAnchored === 0
          ? ({ kind: 'not_provable', message: 'end not provable' } as const)
          : ({ kind: 'proved', seq: lastAnchored, after: at.seq - lastAnchored } as const)
      return { ok: true, rows: at.seq, head: at.hash, end }
    },
  }
}

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
