import { callInput } from '../../engine/contract/call-input.ts'
import { DEFAULT_ZONE } from '../../engine/contract/config-guards.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import type { RunningDeps } from './deps.ts'
import type { ToolRequest } from './request.ts'

export type Resolved = Readonly<Record<string, unknown>>

/** What the policy is asked, but for what the ledger knows: who does what to what, and when. */
export function callNow(
  deps: Pick<RunningDeps, 'now' | 'timeAt' | 'zone'>,
  { active, tool, caller, args }: Pick<ToolRequest, 'active' | 'tool' | 'caller' | 'args'>,
  resolved: Resolved,
): Omit<DecisionInput, 'history' | 'approvals'> {
  const zone = active.config.security.guards?.hours?.zone ?? deps.zone ?? DEFAULT_ZONE
  return { caller, ...callInput(tool, active.config, { args, resolved }), time: deps.timeAt(deps.now(), zone) }
}
