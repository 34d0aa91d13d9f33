import type { Identity } from '../identity/identity.ts'
import type { ActivePolicy } from '../policy/status.ts'
import { admitCall, admitWrite } from './admit.ts'
import { askForApproval } from './approval.ts'
import { APPROVAL_TOOL, lookUpApproval } from './approval-tool.ts'
import { checkArguments } from './arguments.ts'
import type { CallAnswer, IncomingCall } from './call.ts'
import { type Committed, commit, decideOnly } from './commit.ts'
import { bindCompany } from './company.ts'
import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { execute } from './execute.ts'
import { recordDecision, recordReplay } from './record.ts'
import { inRecordTurn, othersTurn } from './record-turn.ts'
import { after, Refused } from './refused.ts'
import { replay } from './repeat.ts'
import { deadlineOf, type ToolRequest } from './request.ts'
import { type Read, resolve } from './resolve.ts'
import { checkCaller, checkNamed, checkStops, checkTool, stoppable } from './stopped.ts'
import { callerOf, inForce, visibleTool } from './visible.ts'

const DEADLINE_MS = 60_000

/**
 * The steps of a call, in their order. Each takes what the ones before it made; whatever ends the call early is thrown.
 * @throws Refused; LedgerError
 */
export async function callTool(
  deps: RunningDeps,
  current: ActivePolicy | null,
  incoming: IncomingCall,
): Promise<CallAnswer> {
  const { stops } = deps
  const who = stoppable(incoming.identity, current, null)
  checkCaller(stops, who)
  const active = inForce(current)
  const caller = callerOf(incoming.identity)
  await admitCall(deps, active, caller, incoming)
  if (incoming.tool === APPROVAL_TOOL) {
    checkNamed(stops, who, { name: APPROVAL_TOOL, effects: ['read'] })
    return lookUpApproval(deps, active, caller, incoming)
  }
  const tool = visibleTool(deps, active, caller, incoming.tool)
  checkTool(stops, who, tool)
  const bound = bindCompany(caller, incoming.identity.companies, deps.companies(), incoming.args)
  const args = checkArguments(deps.schemas(tool).input, bound.args)
  const deadline = deadlineOf(deps.deadlineMs ?? DEADLINE_MS, incoming.signal)
  const request: ToolRequest = {
    ...bound,
    stoppable: stoppable(incoming.identity, active, bound.company),
    id: incoming.requestId,
    active,
    tool,
    args,
    deadline,
    approval: incoming.approval,
    onProgress: incoming.onProgress,
  }
  checkStops(deps, request)

  if (incoming.dryRun) {
    const decided = await decideOnly(deps, request, (await resolve(deps, request)).resolved)
    return recordDecision(deps, request, decided)
  }
  await admitWrite(deps, request)
  return inRecordTurn(deps, request, () => doOnce(deps, request, incoming.identity))
}

/** Throws like callTool. */
async function doOnce(deps: RunningDeps, request: ToolRequest, identity: Identity): Promise<CallAnswer> {
  const before = await replay(deps, request)
  if (before !== null) return recordReplay(deps, request, before)
  const begun = await begin(deps, request)
  if (begun.kind === 'opened') return execute(deps, request, begun.resolved, begun)

  // The same call came in beside this one and was first: here, or at a replica, and what it did is why this one is refused.
  const first = await replay(deps, request)
  if (first !== null) return recordReplay(deps, request, first)
  if (begun.kind === 'refused') return askForApproval(deps, request, begun.resolved, identity, begun.refused)
  throw new Refused('repeat_running', 'the same call ran beside this one and failed', { retry: after() })
}

type Begun =
  | (Extract<Committed, { kind: 'opened' }> & { resolved: Resolved })
  | { kind: 'repeat' }
  /** `resolved`: null where the records could not be read. */
  | { kind: 'refused'; refused: Refused; resolved: Resolved | null }

/** Throws LedgerError. */
async function begin(deps: RunningDeps, request: ToolRequest): Promise<Begun> {
  let resolved: Resolved | null = null
  try {
    for (let fresh = false; ; fresh = true) {
      const read = await resolve(deps, request, fresh)
      resolved = read.resolved
      const committed = await commitInTurn(deps, request, read)
      if (committed.kind === 'opened') return { ...committed, resolved }
      if (committed.kind === 'repeat') return committed
      await othersTurn(deps, request, committed)
    }
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', refused: error, resolved }
    throw error
  }
}

/** Commits once no other replica changes what was read: until then the ERP is not asked again. */
async function commitInTurn(deps: RunningDeps, request: ToolRequest, read: Read): Promise<Committed> {
  for (;;) {
    const committed = await commit(deps, request, read)
    if (committed.kind !== 'record_changed' || !committed.running) return committed
    await othersTurn(deps, request, committed)
  }
}
