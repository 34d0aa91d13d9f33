import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import { effectOf } from '../../engine/contract/effect.ts'
import type { ErrorKind, ErrorWaits } from '../../engine/contract/erp.ts'

/** One call of a tool for one company, already decided and allowed. */
export interface ErpCall {
  tool: CatalogueTool
  /** After schema validation. */
  args: Readonly<Record<string, unknown>>
  /** CNPJ whose credential is used. */
  company: string
  /** `as` of a resolve step → its record or records. */
  resolved: Readonly<Record<string, unknown>>
  /** A read may be answered from memory when it is at most this old, in seconds. Default: what a declared cache limit says. */
  maxAgeS?: number
  signal?: AbortSignal
  /** Names the caller's span to an ERP whose `request.traceparent` asks for it. */
  traceparent?: string
  /** Hears how far an upstream of `kind: mcp` says it is. */
  onProgress?: (progress: ErpProgress) => void
}

/** Numbers alone: words could hold what has to be masked. */
export interface ErpProgress {
  progress: number
  total?: number | undefined
}

export type ErpOutcome =
  | ErpDone
  /** Known not done. */
  | { kind: 'failed'; error: ErpError }
  /** A write that may have happened. */
  | { kind: 'unknown'; error: ErpError }

export interface ErpDone {
  kind: 'done'
  /** Universal record or records; for `kind: mcp` the structured content. */
  data: unknown
  page: ErpPage | null
  /** The ERP's answer below request.result, for confirm. Numbers a double cannot hold are text. */
  answer: unknown
  /** How old the answer is, in seconds: above 0 only when it came from memory. */
  ageS: number
  /** Only for `kind: mcp`: the content blocks. */
  content?: unknown[]
}

export interface ErpPage {
  total_count: number | null
  page: number
  page_size: number
  has_next: boolean
}

export type ErpErrorKind =
  | ErrorKind
  | 'timeout'
  | 'connection'
  | 'cancelled'
  | 'host_not_allowed'
  | 'redirect_refused'
  | 'response_too_large'
  | 'unreadable_answer'
  /** An upstream's tool is another than the one that was reviewed, or is there no more. */
  | 'tool_changed'
  | 'tool_vanished'
  | 'internal'

export interface ErpError {
  kind: ErpErrorKind
  /** Ours, unless `fromErp`. Never a secret. */
  message: string
  retryAfterS?: number
  /** What the ERP wants left alone for so long. */
  waits?: ErrorWaits
  /** The message is the ERP's own words, clipped: mask it before anyone sees it. */
  fromErp?: true
}

/** Carries an error up to the client, with whether the ERP is known to have done nothing. */
export class ErpFailure extends Error {
  readonly error: ErpError
  readonly notDone: boolean

  constructor(error: ErpError, notDone: boolean) {
    super(error.message)
    this.name = 'ErpFailure'
    this.error = error
    this.notDone = notDone
  }
}

/** A failure before anything was sent. */
export function notSent(kind: ErpErrorKind, message: string): ErpFailure {
  return new ErpFailure({ kind, message }, true)
}

/** Whether a call changes nothing in the ERP: its arguments may raise what the tool declares. */
export function isRead({ tool, args }: ErpCall): boolean {
  return effectOf(tool, tool.permission, args).effect === 'read'
}
