import type { DecisionInput, History } from '../../engine/contract/decision-input.ts'
import { effectOf } from '../../engine/contract/effect.ts'
import { factsOf } from '../../engine/contract/facts.ts'
import { stricter } from '../../engine/contract/permission.ts'
import type { ToolRequest } from './request.ts'

export type Resolved = Readonly<Record<string, unknown>>

/** What a call does with these arguments, and the permission it asks for: by the catalogue, or stricter by rbac.yaml. */
export function consequenceOf({ active, tool, args }: ToolRequest): ReturnType<typeof effectOf> {
  const configured = Object.hasOwn(active.config.rbac.tools, tool.name)
    ? active.config.rbac.tools[tool.name]
    : undefined
  const base = configured === undefined ? tool.permission : stricter(tool.permission, configured)
  return effectOf(tool, base, args)
}

/** The whole of what the policy is asked. */
export function decisionInput(
  request: ToolRequest,
  resolved: Resolved,
  history: History,
  time: DecisionInput['time'],
): DecisionInput {
  const { tool, caller, args } = request
  const { effect, permission } = consequenceOf(request)
  return {
    caller,
    tool: {
      name: tool.name,
      entity: tool.entity,
      effect,
      permission,
      reversible: tool.reversible,
      money: tool.money,
      sensitive: tool.sensitiveFields.map(({ pointer, kind }) => ({ pointer, kind })),
    },
    args,
    facts: factsOf(tool.facts, { args, resolved }),
    history,
    time,
    approvals: [],
  }
}
