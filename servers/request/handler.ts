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
    list: (identity) => listTools(deps.current(), identity),
  }
}

interface Told {
  answer: CallAnswer
  outcome: CallEvent['outcome']
  code: string | null
  entry: string | null
}

function endOf(answer: CallAnswer): Omit<Told, 'answer'> {
  switch (answer.kind) {
    case 'result': {
      const { entry, replayed } = answer.result.alcada
      return { outcome: replayed === true ? 'replayed' : 'done', code: null, entry }
    }
    case 'decision':
      return { outcome: 'dry_run', code: null, entry: answer.entry }
    case 'refusal':
      return { outcome: 'refused', code: answer.refusal.error.code, entry: answer.refusal.alcada.entry }
    case 'unknown_tool':
      return { outcome: 'refused', code: UNKNOWN_TOOL, entry: answer.entry }
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
  // No record, no reason: what the ledger does not hold is not told apart from the ledger's own failure.
  if (entry === null && code !== UNKNOWN_TOOL) {
    const unwritten = toRefused(null)
    return { answer: { kind: 'refusal', refusal: refusalOf(unwritten, null) }, outcome, code: unwritten.code, entry }
  }
  const answer: CallAnswer =
    code === UNKNOWN_TOOL
      ? { kind: 'unknown_tool', tool: incoming.tool, entry }
      : { kind: 'refusal', refusal: refusalOf(refused, entry) }
  return { answer, outcome, code, entry }
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
  { outcome, code, entry, took_ms }: Told & { took_ms: number },
): void {
  const { id, person } = identity.caller
  try {
    deps.observe?.({
      request: requestId,
      entry,
      tool: tool.slice(0, 128),
      caller: id,
      person,
      revision: active?.revision ?? null,
      outcome,
      code,
      took_ms,
    })
  } catch {
    // A listener's trouble is not the caller's.
  }
}
