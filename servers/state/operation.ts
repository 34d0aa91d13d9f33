import type { ChainCheck, ClosedEvent, LedgerRow, OpenedEvent, RecordedEvent } from '../../engine/contract/ledger.ts'
import type { ToolResult } from '../../engine/contract/result.ts'

/** What makes two calls the same call. */
export interface RepeatKey {
  caller: string
  person: string
  company: string
  tool: string
  /** The caller's own key; null where the tool has none: then equal arguments make a repeat. */
  key: string | null
  args_digest: string
}

export type Repeat =
  | { state: 'done'; entry: string; result: ToolResult | null }
  | { state: 'running' | 'unknown' | 'conflict'; entry: string }

/** The part of the ledger a decision read: money settled by a person for a company on a day. */
export interface Scope {
  person: string
  company: string
  /** YYYY-MM-DD. */
  day: string
}

export interface Opening {
  op: 'open'
  at_ms: number
  event: Omit<OpenedEvent, 'entry'>
  /** Null where a repeat is harmless. */
  repeat: RepeatKey | null
  /** The scope as the decision saw it; null where the decision read none. */
  seen: { scope: Scope; version: number } | null
}

export type Opened =
  | { kind: 'opened'; entry: string }
  | { kind: 'repeat'; repeat: Repeat }
  /** Others have settled in the scope since: look and decide again. */
  | { kind: 'moved' }

export interface UnknownOutcome {
  entry: string
  at_ms: number
  tool: string
  company: string
  person: string | null
}

/** What the thread that owns the database can be asked, and what it answers. */
export type Operation =
  | Opening
  | { op: 'close'; at_ms: number; event: ClosedEvent }
  | { op: 'record'; at_ms: number; event: Omit<RecordedEvent, 'entry'> }
  | { op: 'totals'; scope: Scope }
  | { op: 'repeat'; key: RepeatKey }
  | { op: 'unknown' }
  | { op: 'rows'; from: number; to: number }
  | { op: 'verify' }

export interface Answers {
  open: Opened
  close: null
  record: { entry: string }
  totals: { settled: number; rows: number; version: number }
  repeat: Repeat | null
  unknown: UnknownOutcome[]
  rows: LedgerRow[]
  verify: ChainCheck
}

export type Request = { id: number; operation: Operation }
export type Reply =
  | { kind: 'answer'; id: number; answer: Answers[keyof Answers] }
  | { kind: 'error'; id: number; message: string }
  /** Whether the last transaction was written. */
  | { kind: 'health'; ready: boolean; message: string }
