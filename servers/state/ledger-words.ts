import type { ClosedEvent, OpenedEvent, RecordedEvent, ResolvedEvent } from '../../engine/contract/ledger.ts'
import type { ToolResult } from '../../engine/contract/result.ts'
import type { Seen } from './history-read.ts'
import type { RecordChange, RecordSeen } from './record-changes.ts'

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

export interface Opening {
  at_ms: number
  event: Omit<OpenedEvent, 'entry'>
  /** Null where a repeat is harmless. */
  repeat: RepeatKey | null
  /** The scopes as the decision saw them; null where it does not depend on any. */
  seen: readonly Seen[] | null
  /** Records that were read for the decision. */
  records: readonly RecordSeen[]
}

export type Opened =
  | { kind: 'opened'; entry: string }
  | { kind: 'repeat'; repeat: Repeat }
  /** A scope has moved since: look and decide again. */
  | { kind: 'moved' }
  /** Another call has changed a record since it was read, or is changing it: read and decide again. */
  | ({ kind: 'record_changed' } & RecordChange)
  /** The approval it would use is used, or has ended. */
  | { kind: 'approval_used' }
  /** The state was restored, and nobody has compared it with the ERP since: money does not move. */
  | { kind: 'unreconciled' }

export interface UnknownOutcome {
  entry: string
  at_ms: number
  tool: string
  company: string
  person: string | null
}

export interface Closing {
  at_ms: number
  event: ClosedEvent
  /** Id of the counterparty that was created; null when none was. */
  made: string | null
}

export interface Recording {
  at_ms: number
  event: Omit<RecordedEvent, 'entry'>
}

export interface Resolving extends Pick<ResolvedEvent, 'resolves' | 'verdict' | 'reason' | 'by' | 'written_as'> {
  at_ms: number
}
