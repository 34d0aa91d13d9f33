import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import { NO_HISTORY } from '../../engine/contract/history.ts'
import type { Identity } from '../identity/identity.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { Decided } from './decide.ts'
import { callNow } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { after, Refused } from './refused.ts'

/** The caller before a company is chosen: bound to the only one there is, or to none yet. */
export function callerOf({ caller, companies }: Identity): Caller {
  return { ...caller, roles: [...caller.roles], company: companies.length === 1 ? (companies[0] ?? null) : null }
}

/** The policy in force. Throws Refused while there is none. */
export function inForce(active: ActivePolicy | null): ActivePolicy {
  if (active !== null) return active
  throw new Refused('policy_unavailable', 'no valid policy is in force, so everything is denied', {
    retry: after(5),
  })
}

/** The tools this caller may see, in one order; the list and the call ask the same. */
export function visibleTools(active: ActivePolicy, caller: Caller): CatalogueTool[] {
  return active.policy.visible({ caller }).flatMap((name) => toolNamed(active, name) ?? [])
}

/** The tool, when it exists and this caller may see it. One code for both: nobody learns what is hidden. */
export function visibleTool(
  deps: Pick<RunningDeps, 'now' | 'timeAt' | 'zone'>,
  active: ActivePolicy,
  caller: Caller,
  name: string,
): CatalogueTool {
  const tool = visibleTools(active, caller).find((candidate) => candidate.name === name)
  if (tool !== undefined) return tool
  const hidden = toolNamed(active, name)
  const details = hidden === undefined ? {} : { hidden: decisionOn(deps, active, caller, hidden) }
  throw new Refused(UNKNOWN_TOOL, 'there is no such tool', details)
}

/** What the policy says of a call whose arguments nobody looks at: for the ledger, which role had which permission. */
function decisionOn(
  deps: Pick<RunningDeps, 'now' | 'timeAt' | 'zone'>,
  active: ActivePolicy,
  caller: Caller,
  tool: CatalogueTool,
): Decided {
  const call = callNow(deps, { active, tool, caller, args: {} }, {})
  const input = { ...call, history: NO_HISTORY, approvals: [] }
  return { input, decision: active.policy.decide(input) }
}

export const UNKNOWN_TOOL = 'unknown_tool'

export function toolNamed({ catalogue }: ActivePolicy, name: string): CatalogueTool | undefined {
  return Object.hasOwn(catalogue.tools, name) ? catalogue.tools[name] : undefined
}
