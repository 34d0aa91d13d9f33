import type { Decision } from '../../engine/contract/decision.ts'
import type { Refusal, ToolResult } from '../../engine/contract/result.ts'
import type { ErpProgress } from '../erp/outcome.ts'
import type { Identity } from '../identity/identity.ts'

/** A call as the protocol's edge hands it over: the caller is known, nothing else has been looked at. */
export interface IncomingCall {
  identity: Identity
  tool: string
  args: unknown
  /** True: the decision only, nothing is done. */
  dryRun: boolean
  requestId: string
  /** The request for approval that the server makes this call for: without it, it is not made. */
  approval?: string
  /** Aborted when the client has gone: reads end, a write that has begun goes on. */
  signal?: AbortSignal
  /** The caller's span, as W3C Trace Context names it: from `_meta`. It is told of and nothing more. */
  traceparent?: string
  /** Hears how far an upstream says it is, while the call runs. */
  onProgress?: (progress: ErpProgress) => void
}

export type CallAnswer =
  /** `content`: only for `kind: mcp`, the upstream's content blocks where nothing in them had to be masked. */
  | { kind: 'result'; result: ToolResult; content?: unknown[] }
  | { kind: 'refusal'; refusal: Refusal }
  /** The tool does not exist, or this caller may not know of it. `entry` is null when the ledger could not be written. */
  | { kind: 'unknown_tool'; tool: string; entry: string | null }
  /** Of a dry run that would go on: allowed. One that would not is answered like the call itself. */
  | { kind: 'decision'; decision: Decision; entry: string; revision: number }

/** What became of a call, for metrics and logs: chosen fields, no values. */
export interface CallEvent {
  request: string
  entry: string | null
  tool: string
  caller: string
  person: string
  revision: number | null
  /** denied: by the policy. refused: before or beside it. failed: the ERP did not do it. unknown: it may have. */
  outcome: 'done' | 'replayed' | 'dry_run' | 'denied' | 'refused' | 'failed' | 'unknown'
  /** Null when done. */
  code: string | null
  /** What the policy said; null where it was not asked. */
  decision: Decision['effect'] | null
  /** Codes of its reasons, with commas between. */
  reasons: string
  /** Fields of the result in which something was masked. */
  masked: number
  took_ms: number
}
