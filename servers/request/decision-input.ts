import { callInput } from '../../engine/contract/call-input.ts'
import type { DecisionInput, History } from '../../engine/contract/decision-input.ts'
import type { ToolRequest } from './request.ts'

export type Resolved = Readonly<Record<string, unknown>>

/** The whole of what the policy is asked. */
export function decisionInput(
  request: ToolRequest,
  resolved: Resolved,
  history: History,
  time: DecisionInput['time'],
  approvals: DecisionInput['approvals'] = [],
): DecisionInput {
  const { active, tool, caller, args } = request
  return {
    caller,
    ...callInput(tool, active.config, { args, resolved }),
    history,
    time,
    approvals,
  }
}
