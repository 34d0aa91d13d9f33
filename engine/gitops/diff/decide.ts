import type { ValidateFunction } from 'ajv'
import { inputOf } from '../../compile/row-input.ts'
import type { CatalogueTool } from '../../contract/catalogue.ts'
import { readDecision, readVisible } from '../../contract/decision.ts'
import { isDecisionInput } from '../../contract/decision-guard.ts'
import type { DecisionInput } from '../../contract/decision-input.ts'
import { openModule } from '../../contract/evaluate.ts'
import { type Outcome, outcomeOf } from '../../contract/outcome.ts'
import { placed, readAll, tokensOf } from '../../contract/pointer.ts'
import { resultIn } from '../../contract/wasm-instance.ts'
import { wellFormedJson } from '../../contract/well-formed.ts'
import { newAjv } from '../../validate/ajv.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'
import { type Answers, contextsOf, type SideSource, type Work } from './side.ts'

/**
 * Decides every context as a server does: hidden tools, arguments and records are judged before the policy is asked.
 * What does not depend on the roles is made once for all of them, and an answer that came before is not read again.
 * @param progress told how many contexts are decided
 */
export async function decideCases(
  { checked, wasm }: SideSource,
  work: Work,
  progress: (decided: number) => void = () => undefined,
): Promise<Answers> {
  const opened = await openModule({ wasm, data: { config: checked.config }, erp: checked.name })
  const known = outcomeTable()
  const ids = new Uint32Array(contextsOf(work))
  const visible = new Map<string, ReadonlySet<string>>()
  let { instance } = opened
  let failed = false
  const ask = (entrypoint: number, text: string): string | null => {
    try {
      return instance.evaluateText(entrypoint, text)
    } catch {
      failed = true
      return null
    }
  }
  const seenBy = (caller: string): ReadonlySet<string> => {
    const text = ask(opened.entrypoints.visible, `{${caller}}`)
    const seen = new Set(text === null ? [] : readVisible(resultIn(text)))
    visible.set(caller, seen)
    return seen
  }
  const prepare = preparation(checked, known.idOf)
  const roles = work.roles.map((each) => JSON.stringify(each))
  let at = 0
  for (const { tool, cases } of work.jobs) {
    const prepared = cases.map(({ call, given }) => prepare(tool, call, given))
    for (const role of roles) {
      for (const { before, after, judged } of prepared) {
        const caller = `${before}${role}}`
        if (judged?.first === true) ids[at] = judged.id
        else if (!(visible.get(caller) ?? seenBy(caller)).has(tool)) ids[at] = known.hidden
        else ids[at] = judged?.id ?? known.idOfText(ask(opened.entrypoints.decision, `{${caller}${after}`))
        at += 1
        if (failed) instance = await opened.again()
        failed = false
      }
      progress(at)
    }
  }
  return { outcomes: known.outcomes, ids }
}

/** A case without its roles: `"caller":{…,"roles":`, and what stands behind them. */
interface Prepared {
  before: string
  after: string
  /** What is answered without asking the policy: first of all, or once the tool is seen. */
  judged: { id: number; first: boolean } | null
}

function preparation(
  checked: SideSource['checked'],
  idOf: (outcome: Outcome) => number,
): (tool: string, call: ExampleCall, given: Record<string, unknown>) => Prepared {
  const deny = (code: string): number => idOf({ effect: 'deny', codes: [code] })
  const ajv = newAjv({ strict: false })
  const validators = new Map<string, ValidateFunction>()
  // Of one call, in whatever circumstances, the facts are the same, and so is what is wrong with it.
  const plain = new WeakMap<ExampleCall, { input: DecisionInput | null; fault: string | null }>()
  const validArgs = (tool: CatalogueTool, args: object): boolean => {
    const validate = validators.get(tool.name) ?? ajv.compile(tool.input)
    validators.set(tool.name, validate)
    return validate(args)
  }
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

interface OutcomeTable {
  outcomes: Outcome[]
  hidden: number
  idOf(outcome: Outcome): number
  /** Of what the policy wrote; null: it failed. */
  idOfText(text: string | null): number
}

/** Many contexts have few outcomes: each is kept once. */
function outcomeTable(): OutcomeTable {
  const outcomes: Outcome[] = []
  const byKey = new Map<string, number>()
  const byText = new Map<string | null, number>()
  const idOf = (outcome: Outcome): number => {
    const key = JSON.stringify(outcome)
    const id = byKey.get(key) ?? outcomes.push(outcome) - 1
    byKey.set(key, id)
    return id
  }
  return {
    outcomes,
    idOf,
    hidden: idOf({ effect: 'deny', codes: ['tool_hidden'] }),
    idOfText(text) {
      const id = byText.get(text) ?? idOf(text === null ? FAILED : outcomeOf(readDecision(resultIn(text))))
      byText.set(text, id)
      return id
    },
  }
}

const FAILED: Outcome = { effect: 'deny', codes: ['policy_failed'] }
