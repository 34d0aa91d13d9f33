import type { RecordedEvent } from '../../engine/contract/ledger.ts'
import { maskText } from '../../engine/contract/mask.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { CallAnswer, IncomingCall } from './call.ts'
import type { Decided } from './decide.ts'
import type { RunningDeps } from './deps.ts'
import type { Refused } from './refused.ts'
import type { ToolRequest } from './request.ts'
import { callerOf } from './visible.ts'

/** Writes down a dry run and answers its decision. Throws LedgerError. */
export async function recordDecision(
  deps: RunningDeps,
  request: ToolRequest,
  { input, decision }: Decided,
): Promise<CallAnswer> {
  const entry = await deps.state.record({ ...about(request), what: 'dry_run', code: 'allow', input, decision })
  return { kind: 'decision', decision, entry, revision: request.active.revision }
}

/** Writes down that an answer was given again, and gives it. Throws LedgerError. */
export async function recordReplay(deps: RunningDeps, request: ToolRequest, answer: CallAnswer): Promise<CallAnswer> {
  const code = answer.kind === 'result' ? answer.result.alcada.entry : 'replayed'
  await deps.state.record({ ...about(request), what: 'replayed', code, input: null, decision: null })
  return answer
}

/** Writes down a call that was refused; gives its entry, null when the ledger cannot be written. */
export async function recordRefusal(
  deps: RunningDeps,
  active: ActivePolicy | null,
  incoming: IncomingCall,
  { code, details }: Refused,
): Promise<string | null> {
  const { decided } = details
  // What is hidden is told to the ledger, with the permission that was missing, and to nobody else.
  const { input = null, decision = null } = decided ?? details.hidden ?? {}
  try {
    return await deps.state.record({
      request: incoming.requestId,
      what: whatOf(incoming, decided),
      code,
      caller: input?.caller ?? callerOf(incoming.identity),
      // Whatever somebody wrote as a name: enough to recognise it, not enough to fill a disk.
      tool: maskText(incoming.tool, 128),
      revision: active?.revision ?? null,
      bundle: active?.digest ?? null,
      input,
      decision,
    })
  } catch {
    return null
  }
}

function whatOf({ dryRun }: IncomingCall, decided: Decided | undefined): RecordedEvent['what'] {
  if (decided === undefined) return 'refused'
  if (dryRun) return 'dry_run'
  return decided.decision.effect === 'require_approval' ? 'approval_required' : 'denied'
}

function about({
  id,
  caller,
  tool,
  active,
}: ToolRequest): Pick<RecordedEvent, 'request' | 'caller' | 'tool' | 'revision' | 'bundle'> {
  return { request: id, caller, tool: tool.name, revision: active.revision, bundle: active.digest }
}
