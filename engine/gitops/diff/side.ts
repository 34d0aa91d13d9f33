import type { ValidateFunction } from 'ajv'
import { inputOf } from '../../compile/row-input.ts'
import type { Config } from '../../contract/config.ts'
import type { Caller } from '../../contract/decision-input.ts'
import type { Policy } from '../../contract/evaluate.ts'
import { type Outcome, outcomeOf } from '../../contract/outcome.ts'
import { placed, readAll, tokensOf } from '../../contract/pointer.ts'
import { newAjv } from '../../validate/ajv.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'

/** A call in some circumstances, in the words of both sides: it begins at arguments and resolved records. */
export interface Context {
  tool: string
  roles: string[]
  call: ExampleCall
  /** JSON Pointer into the decision input → value, put there last. */
  given: Record<string, unknown>
}

/** One of the two policies that are compared. */
export interface Side {
  outcome(context: Context): Outcome
  /** Centavos that the call moves by this side's catalogue; null where that is no matter or unknown. */
  amount(tool: string, call: ExampleCall): number | null
}

export type SideErp = Pick<CheckedErp, 'name' | 'catalogue' | 'config'>

/** A side that decides as a server does: hidden tools, arguments and records are judged before the policy is asked. */
export function createSide(checked: SideErp, policy: Policy): Side {
  const ajv = newAjv({ strict: false })
  const validators = new Map<string, ValidateFunction>()
  const visible = new Map<string, ReadonlySet<string>>()
  const validArgs = (tool: string): ValidateFunction => {
    const known = validators.get(tool) ?? ajv.compile(checked.catalogue.tools[tool]?.input ?? false)
    validators.set(tool, known)
    return known
  }
  const seenBy = (caller: Caller): ReadonlySet<string> => {
    const key = JSON.stringify(caller)
    const known = visible.get(key) ?? new Set(policy.visible({ caller }))
    visible.set(key, known)
    return known
  }
  // Of one call, whoever makes it in whatever circumstances, the facts are the same.
  const plain = new WeakMap<ExampleCall, ReturnType<typeof inputOf>>()
  const build = ({ tool, roles, call, given }: Context): ReturnType<typeof inputOf> => {
    if (!plain.has(call)) plain.set(call, inputOf(checked, { as: [], does: tool, given: {} }, call))
    const input = plain.get(call) ?? null
    if (input === null) return null
    const asked = { ...input, caller: { ...input.caller, roles } }
    return Object.entries(given).reduce((whole, [pointer, value]) => placed(whole, tokensOf(pointer), value), asked)
  }

  return {
    outcome(context) {
      const tool = checked.catalogue.tools[context.tool]
      if (tool === undefined) return { effect: 'deny', codes: ['tool_absent'] }
      const input = build(context)
      if (input === null || !seenBy(input.caller).has(context.tool)) {
        return { effect: 'deny', codes: ['tool_hidden'] }
      }
      if (!validArgs(context.tool)(context.call.args)) return { effect: 'deny', codes: ['arguments_invalid'] }
      const refused = (tool.resolve ?? []).some(({ as, expect = {} }) =>
        Object.entries(expect).some(([pointer, wanted]) =>
          recordsOf(context.call.resolved[as]).some((record) =>
            readAll(record, pointer).some((value) => !wanted.some((one) => one === value)),
          ),
        ),
      )
      return refused ? { effect: 'deny', codes: ['record_state'] } : outcomeOf(policy.decide(input))
    },
    amount(tool, call) {
      return build({ tool, call, roles: [], given: {} })?.facts.amount ?? null
    },
  }
}

/** A side that is not there: an ERP before it was added, or after it was removed. */
export const NOBODY: Side = {
  outcome: () => ({ effect: 'deny', codes: ['erp_absent'] }),
  amount: () => null,
}

/** Roles that either side defines, the one it gives to a token without roles, and one that it does not know. */
export function rolesOf(configs: readonly Config[]): string[][] {
  const named = new Set(configs.flatMap(({ rbac }) => Object.keys(rbac.roles)))
  return [[], ...[...named].sort().map((role) => [role]), ['undefined-role']]
}

function recordsOf(resolved: unknown): unknown[] {
  return Array.isArray(resolved) ? resolved : [resolved]
}
