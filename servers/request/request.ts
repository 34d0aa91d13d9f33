import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import type { Stoppable } from '../../engine/contract/overlay.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { IncomingCall } from './call.ts'

/** A call whose tool may be seen, whose company is known and whose arguments are good. */
export interface ToolRequest {
  id: string
  /** Taken once: the whole call is judged by one revision. */
  active: ActivePolicy
  tool: CatalogueTool
  caller: Caller
  /** The caller as emergency stops see them. */
  stoppable: Stoppable
  company: string
  args: Record<string, unknown>
  deadline: Deadline
  approval?: string | undefined
  onProgress?: IncomingCall['onProgress']
}

export interface Deadline {
  /** The time is up. */
  signal: AbortSignal
  /** The time is up, or the client has gone. */
  orGone: AbortSignal
}

export function deadlineOf(ms: number, gone: AbortSignal | undefined): Deadline {
  const signal = AbortSignal.timeout(ms)
  return { signal, orGone: gone === undefined ? signal : AbortSignal.any([signal, gone]) }
}

/** Resolves when it is. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
