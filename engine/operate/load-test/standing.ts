import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client'
import { type CallStanding, isTrouble } from '../../contract/call-standing.ts'
import { toldRefusal } from '../../contract/told-refusal.ts'

/** What came of a call, counted as the server's own figures count it. */
export interface Came {
  standing: CallStanding
  /** Code of the refusal, or what went wrong on the way; null: it was done. */
  kind: string | null
}

/** Of what the ERP did not do: `erp_server`, `erp_timeout`. */
const OF_THE_ERP = /^erp_/

/** Codes of a limit that was met: a caller's budget, or the ERP's own. */
export const LIMITS: ReadonlySet<string> = new Set(['caller_budget', 'erp_rate_limited', 'erp_blocked', 'http_429'])

/** Of an answer that came: `text` is what the first block says. */
export function standingOfAnswer(isError: boolean, text: string): Came {
  if (!isError) return { standing: 'success', kind: null }
  const code = toldRefusal(text)?.code
  if (code === undefined) return { standing: 'failed', kind: 'tool_error' }
  return { standing: isTrouble(code) || OF_THE_ERP.test(code) ? 'failed' : 'denied', kind: code }
}

/** Of a call that threw. The client's words are left out: they may hold the server's. */
export function standingOfError(error: unknown): Came {
  if (error instanceof ProtocolError) return { standing: 'failed', kind: `protocol_${error.code}` }
  if (error instanceof SdkHttpError) return { standing: 'failed', kind: `http_${error.status}` }
  const timedOut = error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout
  return { standing: 'failed', kind: timedOut ? 'no_answer_in_time' : 'no_connection' }
}
