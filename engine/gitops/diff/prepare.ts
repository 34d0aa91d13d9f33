import type { ValidateFunction } from 'ajv'
import { inputOf } from '../../compile/row-input.ts'
import type { CatalogueTool } from '../../contract/catalogue.ts'
import { isDecisionInput } from '../../contract/decision-guard.ts'
import type { DecisionInput } from '../../contract/decision-input.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { placed, readAll, tokensOf } from '../../contract/pointer.ts'
import { wellFormedJson } from '../../contract/well-formed.ts'
import { newAjv } from '../../validate/ajv.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'
import type { SideSource } from './side.ts'

/** A case without its roles: `"caller":{…,"roles":`, and what stands behind them. */
export interface Prepared {
  before: string
  after: string
  /** What is answered without asking the policy: first of all, or once the tool is seen. */
  judged: { id: number; first: boolean } | null
}

/** Whether arguments are those of a tool; of schemas with the same text one guard is made, whatever side they are of. */
export type ArgumentsGuard = (tool: CatalogueTool, args: object) => boolean

export function argumentsGuard(): ArgumentsGuard {
  const ajv = newAjv({ strict: false, explains: false })
  const byTool = new WeakMap<CatalogueTool, ValidateFunction>()
  const byText = new Map<string, ValidateFunction>()
  return (tool, args) => {
    const known = byTool.get(tool)
    if (known !== undefined) return known(args)
    const text = JSON.stringify(tool.input)
    const made = byText.get(text) ?? ajv.compile(tool.input)
    byText.set(text, made)
    byTool.set(tool, made)
    return made(args)
  }
}

/** What does not depend on the roles, made once for all of them. */
export function preparation(
  checked: SideSource['checked'],
  idOf: (outcome: Outcome) => number,
  validArgs: ArgumentsGuard,
): (tool: string, call: ExampleCall, given: Record<string, unknown>) => Prepared {
  const deny = (code: string): number => idOf({ effect: 'deny', codes: [code] })
  // Of one call, in whatever circumstances, the facts are the same, and so is what is wrong with it.
  const plain = new WeakMap<ExampleCall, { input: DecisionInput | null; fault: string | null }>()
  const facts = (tool: CatalogueTool, call: ExampleCall): { input: DecisionInput | null; fault: string | null } => {
    const input = inputOf(checked, { as: [], does: tool.name, given: {} }, call)
    if (!validArgs(tool, call.args)) return { input, fault: 'arguments_invalid' }
    return { input, fault: isRefused(tool, call) ? 'record_state' : null }
  }
  return (name, call, given) => {
    const tool = checked.catalogue.tools[name]
    if (tool === undefined) return { before: '', after: '', judged: { id: deny('tool_absent'), first: true } }
    const known = plain.get(call) ?? facts(tool, call)
    plain.set(call, known)
    if (known.input === null) return { before: '', after: '', judged: { id: deny('tool_hidden'), first: true } }
    const input = Object.entries(given).reduce(
      (whole, [pointer, value]) => placed(whole, tokensOf(pointer), value),
      known.input,
    )
    if (!isDecisionInput(input)) return { before: '', after: '', judged: { id: deny('input_invalid'), first: true } }
    const { caller, ...rest } = input
    const { roles: _, ...who } = caller
    return {
      before: `"caller":${wellFormedJson(who).slice(0, -1)},"roles":`,
      after: `,${wellFormedJson(rest).slice(1)}`,
      judged: known.fault === null ? null : { id: deny(known.fault), first: false },
    }
  }
}

/** A record that was read is not in a state in which the tool may be used. */
function isRefused({ resolve = [] }: CatalogueTool, { resolved }: ExampleCall): boolean {
  return resolve.some(({ as, expect = {} }) =>
    Object.entries(expect).some(([pointer, wanted]) =>
      recordsOf(resolved[as]).some((record) =>
        readAll(record, pointer).some((value) => !wanted.some((one) => one === value)),
      ),
    ),
  )
}

function recordsOf(resolved: unknown): unknown[] {
  return Array.isArray(resolved) ? resolved : [resolved]
}
