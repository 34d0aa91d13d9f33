import type { ClosedEvent, OpenedEvent, RecordedEvent, ResolvedEvent } from '../../engine/contract/ledger.ts'
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
  /** The approval it would use is used, or has ended. */
  | { kind: 'approval_used' }

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
}

export interface Recording {
  at_ms: number
  event: Omit<RecordedEvent, 'entry'>
}

export interface Resolving extends Pick<ResolvedEvent, 'resolves' | 'verdict' | 'reason' | 'by'> {
  at_ms: number
}
