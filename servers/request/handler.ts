import { maskText } from '../../engine/contract/mask.ts'
import type { Identity } from '../identity/identity.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { CallAnswer, CallEvent, IncomingCall } from './call.ts'
import { callTool } from './call-tool.ts'
import { createClock } from './clock.ts'
import type { RequestDeps, RunningDeps } from './deps.ts'
import { listTools, type ToolListing } from './list-tools.ts'
import { recordRefusal } from './record.ts'
import { after, Refused, refusalOf } from './refused.ts'
import { createToolSchemas } from './tool-schemas.ts'
import { UNTRACED } from './trace.ts'
import { createTurns } from './turns.ts'
import { UNKNOWN_TOOL } from './visible.ts'

export interface RequestHandler {
  /** Never throws: whatever goes wrong is a refusal with a code and, while the ledger can be written, an entry. */
  call(incoming: IncomingCall): Promise<CallAnswer>
  /** The tools this caller may see, in one order; none while no policy is in force. */
  list(identity: Identity): ToolListing[]
}

/** Puts every call through the steps of call-tool.ts. */
export function createRequestHandler(options: RequestDeps): RequestHandler {
  const deps: RunningDeps = {
    ...options,
    stops: options.stops ?? (() => []),
    trace: options.trace ?? UNTRACED,
    schemas: createToolSchemas(),
    timeAt: createClock(),
    inTurn: createTurns(),
  }
  return {
    async call(incoming) {
      const startedMs = deps.now()
      const active = deps.current()
      const told = await callTool(deps, active, incoming).then(
        (answer) => ({ answer, ...endOf(answer) }),
        (error: unknown) => refuse(deps, active, incoming, toRefused(error)),
      )
      observe(deps, active, incoming, { ...told, took_ms: deps.now() - startedMs })
      return told.answer
    },
    list: (identity) => listTools(deps.current(), identity, deps.stops),
  }
}

type Told = Pick<CallEvent, 'outcome' | 'code' | 'entry' | 'decision' | 'reasons'> & { answer: CallAnswer }

const UNASKED = { decision: null, reasons: '' } as const
const ALLOWED = { decision: 'allow', reasons: '' } as const

function endOf(answer: CallAnswer): Omit<Told, 'answer'> {
  switch (answer.kind) {
    case 'result': {
      const { entry, replayed } = answer.result.alcada
      return replayed === true
        ? { outcome: 'replayed', code: null, entry, ...UNASKED }
        : { outcome: 'done', code: null, entry, ...ALLOWED }
    }
    case 'decision':
      return { outcome: 'dry_run', code: null, entry: answer.entry, ...ALLOWED }
    case 'refusal':
      return { outcome: 'refused', code: answer.refusal.error.code, entry: answer.refusal.alcada.entry, ...UNASKED }
    case 'unknown_tool':
      return { outcome: 'refused', code: UNKNOWN_TOOL, entry: answer.entry, ...UNASKED }
  }
}

async function refuse(
  deps: RunningDeps,
  active: ActivePolicy | null,
  incoming: IncomingCall,
  refused: Refused,
): Promise<Told> {
  const { code, details } = refused
  const entry = details.entry ?? (await recordRefusal(deps, active, incoming, refused))
  const outcome = details.outcome ?? (details.decided === undefined ? 'refused' : 'denied')
  const said = saidBy(refused)
  // No record, no reason: what the ledger does not hold is not told apart from the ledger's own failure.
  if (entry === null && code !== UNKNOWN_TOOL) {
    const unwritten = toRefused(null)
    return {
      answer: { kind: 'refusal', refusal: refusalOf(unwritten, null) },
      outcome,
      code: unwritten.code,
      entry,
      ...said,
    }
  }
  const answer: CallAnswer =
    code === UNKNOWN_TOOL
      ? { kind: 'unknown_tool', tool: incoming.tool, entry }
      : { kind: 'refusal', refusal: refusalOf(refused, entry) }
  return { answer, outcome, code, entry, ...said }
}

/** What the policy had said: of a call that came as far as an outcome, that it may. */
function saidBy({ details }: Refused): Pick<CallEvent, 'decision' | 'reasons'> {
  const decision = details.decided?.decision
  if (decision === undefined) return details.outcome === undefined ? UNASKED : ALLOWED
  return { decision: decision.effect, reasons: decision.reasons.map(({ code }) => code).join() }
}

function toRefused(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (error === null || (error instanceof Error && 'code' in error && error.code === 'ledger_unavailable')) {
    const message = 'the ledger cannot be written, so nothing is done'
    return new Refused('ledger_unavailable', message, { retry: after(5), cause: error })
  }
  if (error instanceof Error && 'code' in error && error.code === 'disk_full') {
    const message = "the ledger's disk is nearly full, so nothing that changes the ERP is begun"
    return new Refused('disk_full', message, { retry: after(60), cause: error })
  }
  return new Refused('internal_error', 'the call failed inside the server', { cause: error })
}

function observe(
  deps: RunningDeps,
  active: ActivePolicy | null,
  { identity, requestId, tool }: IncomingCall,
  { answer, outcome, code, entry, decision, reasons, took_ms }: Told & { took_ms: number },
): void {
  const { id, person } = identity.caller
  try {
    deps.observe?.({
      request: requestId,
      entry,
      tool: maskText(tool, 128),
      caller: id,
      person,
      revision: active?.revision ?? null,
      outcome,
      code,
      decision,
      reasons,
      masked: answer.kind === 'result' ? answer.result.alcada.masked.length : 0,
      took_ms,
    })
  } catch {
    // A listener's trouble is not the caller's.
  }
}
