import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import { effectOf } from '../../engine/contract/effect.ts'
import type { ErpCall, ErpOutcome } from '../erp/outcome.ts'
import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import type { ToolRequest } from './request.ts'

/** How long the client may take to end by itself once the time is up, in milliseconds: it knows more of the outcome. */
const GRACE_MS = 250

export interface ErpAsk {
  tool: CatalogueTool
  args: Readonly<Record<string, unknown>>
  resolved: Resolved
  maxAgeS?: number
  onProgress?: NonNullable<ErpCall['onProgress']>
}

/**
 * Asks the ERP within the call's deadline and never throws. What cannot be known of a write is unknown; a read can be
 * asked again, so it has failed.
 */
export function callErp(deps: RunningDeps, request: ToolRequest, ask: ErpAsk): Promise<ErpOutcome> {
  return deps.trace.step('erp', async (tell) => {
    const outcome = await asked(deps, request, ask)
    const code = outcome.kind === 'done' ? {} : { code: outcome.error.kind }
    tell({ tool: ask.tool.name, effect: ask.tool.effect, outcome: outcome.kind, ...code })
    return outcome
  })
}

async function asked(deps: RunningDeps, request: ToolRequest, ask: ErpAsk): Promise<ErpOutcome> {
  const write = effectOf(ask.tool, ask.tool.permission, ask.args).effect !== 'read'
  // A client that goes away must not leave a payment half known.
  const signal = write ? request.deadline.signal : request.deadline.orGone
  const timeUp = afterAbort(signal)
  try {
    const { company } = request
    const traceparent = deps.trace.traceparent()
    const outcome = await Promise.race([
      deps.erpFor(request.active).call({ ...ask, company, signal, ...(traceparent && { traceparent }) }),
      timeUp.promise.then((): ErpOutcome => lost(write, 'timeout', 'the ERP did not answer in time')),
    ])
    return outcome.kind === 'unknown' && !write ? { kind: 'failed', error: outcome.error } : outcome
  } catch {
    return lost(write, 'internal', 'the ERP could not be asked')
  } finally {
    timeUp.cancel()
  }
}

function lost(write: boolean, kind: 'timeout' | 'internal', message: string): ErpOutcome {
  return { kind: write ? 'unknown' : 'failed', error: { kind, message } }
}

function afterAbort(signal: AbortSignal): { promise: Promise<void>; cancel: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  const start = (): void => {
    timer = setTimeout(resolve, GRACE_MS)
  }
  if (signal.aborted) start()
  else signal.addEventListener('abort', start, { once: true })
  return {
    promise,
    cancel: () => {
      signal.removeEventListener('abort', start)
      clearTimeout(timer)
    },
  }
}
