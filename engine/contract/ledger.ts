import { digestOf } from './canonical.ts'
import type { Decision } from './decision.ts'
import type { Caller, DecisionInput } from './decision-input.ts'
import type { DeployEvent } from './deploy-event.ts'
import type { ArchivedSegment, RemovedArchives } from './ledger-archive.ts'
import type { Overlay } from './overlay.ts'
import type { PersonalReturned } from './personal/seen.ts'
import type { ToolResult } from './result.ts'

/** One link of the chain: what happened, when, and the hash of the link before it. */
export interface LedgerRow {
  /** From 1, without gaps. */
  seq: number
  at_ms: number
  /** Hash of the row before; of the first row: 64 zeros. */
  prev: string
  event: LedgerEvent
  /** SHA-256 over the canonical JSON of {seq, at_ms, prev, event}. */
  hash: string
}

export type LedgerEvent = OpenedEvent | ClosedEvent | RecordedEvent | ResolvedEvent

/** Durable before the ERP is called. Without a `closed` for the same entry its outcome is unknown. */
export interface OpenedEvent {
  kind: 'opened'
  /** `omie-000000123`: the ERP and the row's seq. */
  entry: string
  request: string
  revision: number
  /** Digest of the bundle's content that decided. */
  bundle: string
  /** call: the caller's own. resolve, confirm: a read of the server's own for that call. */
  purpose: 'call' | 'resolve' | 'confirm'
  tool: string
  company: string
  /** Complete, with tokens for sensitive values, so that it can be replayed; null for the server's own reads. */
  input: DecisionInput | null
  /** Null for the server's own reads. */
  decision: Decision | null
  /** Of the server's own reads, with tokens for sensitive values; null for a call: they stand in `input`. */
  args: Record<string, unknown> | null
  /** Keyed digest over the clear arguments. */
  args_digest: string
  /** The request for approval that let the call through. */
  approval?: string
}

export interface ClosedEvent {
  kind: 'closed'
  entry: string
  outcome: Outcome
  took_ms: number
  /** Records that were read. */
  rows: number
  /** How old the ERP's answer was, in seconds: above 0 only when it came from memory. */
  age_s: number
  /** Id of the counterparty that was created. */
  made?: string
  /** Personal data that the answer showed, clear or masked. Absent where there was none. */
  personal?: PersonalReturned[]
}

export type Outcome =
  /** `result` is kept where a repeat must get the same answer. */
  | { kind: 'done'; result: ToolResult | null }
  /** Known not done. */
  | { kind: 'failed'; code: string }
  /** It may have happened. */
  | { kind: 'unknown'; code: string }

/** What ended without a call to the ERP: opened and closed in one. */
export interface RecordedEvent {
  kind: 'recorded'
  entry: string
  request: string | null
  what:
    | 'denied'
    | 'approval_required'
    | 'refused'
    | 'replayed'
    | 'dry_run'
    | 'authentication_failed'
    /** The server read its credentials; the code says from what. */
    | 'credentials_opened'
    /** It tried to, and the code says what was wrong. */
    | 'credentials_refused'
    /** The server got a token of the ERP, tried to, or was told that only a new login helps; the code says why. */
    | 'grant_renewed'
    | 'grant_failed'
    | 'grant_ended'
    /** The oldest rows stand in an archive from now on. */
    | 'ledger_archived'
    /** Archives were removed: the policy keeps the trail no longer. */
    | 'archives_removed'
    | ApprovalWhat
    /** Bank data of a counterparty is other than it was last seen, or seen first since a call of ours changed it. */
    | 'bank_seen'
    /** Another key signs checkpoints from here on. The key before it signs up to here, where it still can. */
    | 'checkpoint_key'
    /** An emergency narrowing is in force from here on. */
    | 'overlay_taken'
    /** A first person wants it ended before its time. */
    | 'overlay_end_asked'
    | 'overlay_ended'
    /** The rows before it come out of a backup. What was written after the backup is in the safety copy alone. */
    | 'restored'
    /** A person has compared ledger and ERP since then. */
    | 'reconciled'
    /** A person exchanged the server's image, or tried to; the code says what became of it. */
    | 'deploy'
  code: string
  /** Null where nobody was recognised. */
  caller: Caller | null
  /** As the caller wrote it, clipped. */
  tool: string | null
  revision: number | null
  bundle: string | null
  input: DecisionInput | null
  decision: Decision | null
  /** Of failed authentications: how many this entry stands for. */
  count: number
  /** Of failed authentications: where they came from, as the trusted proxy gives it. */
  source: string | null
  /** The request for approval it is about, with the reason where one was given. */
  approval?: { id: string; reason?: string }
  archived?: ArchivedSegment
  removed?: RemovedArchives
  /** Of a request for approval: personal data that approvers get to see in it. Absent where there is none. */
  personal?: PersonalReturned[]
  /** The key of checkpoints from here on, and the id of the one before. */
  key?: { id: string; x: string; before: string }
  /** Of a token of the ERP: whose it is. */
  grant?: { company: string }
  /** The emergency narrowing it is about. */
  overlay?: Pick<Overlay, 'id' | 'stops' | 'within' | 'reason' | 'by'> & { until: string }
  restored?: RestoredFrom
  bank?: BankSeen
  /** As `alcada deploy` tells it; the person whose token it had is the caller. */
  deploy?: DeployEvent
  /** Of a restore and its reconciliation: whose word it is, who wrote it and how they know, as of `ResolvedEvent`. */
  by?: string
  written_as?: WrittenAs
  reason?: string
}

/** Bank data of a counterparty as a read showed it. */
export interface BankSeen {
  company: string
  /** Its id in the ERP. */
  counterparty: string
  /** As arguments of calls stand in the ledger: tokens in place of values. */
  data: Record<string, unknown>
}

/** What a state was before a restore, and what it is made of now. */
export interface RestoredFrom {
  backup: string
  /** ISO 8601. */
  made_at: string
  /** Where the ledger ended that it takes the place of; null: there was none, or none that can be read. */
  before: { seq: number; hash: string } | null
}

/** A person's word on an outcome that nobody knew. */
export interface ResolvedEvent {
  kind: 'resolved'
  entry: string
  /** The entry it speaks of. */
  resolves: string
  /** done: it counts as settled. not_done: as if it had failed. */
  verdict: 'done' | 'not_done'
  reason: string
  /** Whose word it is, as whoever wrote it says. */
  by: string
  /** Who wrote it, as the system knows them: `by` is only claimed. Absent in entries of before. */
  written_as?: WrittenAs
}

/** An account of an operating system, and the machine it was used on. */
export interface WrittenAs {
  user: string
  host: string
}

/** What happened to a request for approval after it was made: `caller` is who did it, null where nobody did. */
export type ApprovalWhat =
  | 'approval_looked_up'
  | 'approval_viewed'
  | 'approval_given'
  | 'approval_rejected'
  | 'approval_expired'
  | 'approval_void'
  /** Whoever had consented is stopped: it counts no more. */
  | 'consent_void'
  | 'approver_signed_in'

export const FIRST_PREV: string = '0'.repeat(64)

/** The hash a row must have. */
export function rowHash(row: Omit<LedgerRow, 'hash'>): string {
  const { seq, at_ms, prev, event } = row
  return digestOf({ seq, at_ms, prev, event })
}

export type ChainCheck =
  | { ok: true; rows: number; head: string }
  | { ok: false; rows: number; broken: { seq: number; entry: string; reason: string } }

/**
 * Walks the chain and names the first row that is not as it was written: changed, removed, put in or moved.
 * Rows cut off at the end cannot be seen here: that takes an anchor.
 * @param after where the rows begin, when they are a part of a chain; default the beginning
 */
export function verifyChain(rows: Iterable<LedgerRow>, after: { seq: number; hash: string } = BEGINNING): ChainCheck {
  let { seq, hash } = after
  let count = 0
  for (const row of rows) {
    const reason = brokenReason(row, seq, hash)
    if (reason !== null) {
      return { ok: false, rows: count, broken: { seq: row.seq, entry: row.event.entry, reason } }
    }
    seq = row.seq
    hash = row.hash
    count += 1
  }
  return { ok: true, rows: count, head: hash }
}

const BEGINNING = { seq: 0, hash: FIRST_PREV }

function brokenReason(row: LedgerRow, seq: number, hash: string): string | null {
  if (row.seq !== seq + 1) return `expected row ${seq + 1}, got ${row.seq}`
  if (row.prev !== hash) return 'does not follow the row before it'
  if (row.hash !== rowHash(row)) return 'its content is not what was written'
  return null
}
