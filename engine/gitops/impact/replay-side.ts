import type { ValidateFunction } from 'ajv'
import type { Program } from '../../compile/program.ts'
import { inputReads, isRead } from '../../compile/reads.ts'
import type { Caller, DecisionInput } from '../../contract/decision-input.ts'
import type { Policy } from '../../contract/evaluate.ts'
import { maskedPlaces } from '../../contract/masked-places.ts'
import { type Outcome, outcomeOf } from '../../contract/outcome.ts'
import { type Described, type ReplayGap, replayInput } from '../../contract/replay-input.ts'
import { newAjv } from '../../validate/ajv.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import type { Logged } from './logged.ts'

/** One of two policies that a log is replayed through. */
export interface ReplaySide {
  described: Described
  /** What a server with this policy would do, or what of the call is not known well enough to tell. */
  outcome(logged: Logged): Outcome | NotKnown
  /** Tools that a token with this role alone may see. */
  seenBy(role: string): readonly string[]
}

export type NotKnown = Omit<ReplayGap, 'reason'> & {
  reason: ReplayGap['reason'] | 'arguments_missing' | 'input_of_another_schema'
}

/**
 * @param by what the log was written under, as far as it is known: the base
 * @param argumentsMayDiffer whether this side takes other arguments than `by`
 */
export function replaySide(checked: CheckedErp, policy: Policy, program: Program, by: Described): ReplaySide {
  const described: Described = { catalogue: checked.catalogue, config: checked.config }
  const { tools } = checked.catalogue
  const reads = inputReads(program)
  const read = memo((pointer: string) => isRead(reads, pointer))
  const ajv = newAjv({ strict: false })
  const validator = memo((tool: string): ValidateFunction => ajv.compile(tools[tool]?.input ?? false))
  const otherArguments = memo(
    (tool: string) => JSON.stringify(tools[tool]?.input) !== JSON.stringify(by.catalogue.tools[tool]?.input),
  )
  const visible = memo((caller: string): ReadonlySet<string> => new Set(policy.visible({ caller: JSON.parse(caller) })))
  const sees = (caller: Caller, tool: string): boolean => visible(JSON.stringify(caller)).has(tool)

  /** What the server was told and the log does not hold, where the policy looks at it. */
  const unreadable = ({ input, hidden, unknown }: Logged): NotKnown | null => {
    const masked = [...hidden, ...maskedPlaces(input.args, '/args'), ...maskedPlaces(input.facts, '/facts')].find(read)
    if (masked !== undefined) return { reason: 'input_masked', where: masked }
    const missing = unknown.find(read)
    return missing === undefined ? null : { reason: 'input_of_another_schema', where: missing }
  }

  return {
    described,
    outcome(logged) {
      const { input } = logged
      const { name } = input.tool
      if (!Object.hasOwn(tools, name)) return denied('tool_absent')
      const asked = replayInput(input, by, described)
      if ('reason' in asked) return asked
      const unknown = unreadable({ ...logged, input: asked })
      if (unknown !== null) return unknown
      const refused = argumentsRefused(asked)
      if (refused !== null) return refused
      const outcome = outcomeOf(policy.decide(asked))
      // Whatever may be allowed is visible: `check` sees to that, and here it is seen whether it does.
      return outcome.effect === 'deny' || sees(asked.caller, name) ? outcome : denied('tool_hidden')
    },
    seenBy(role) {
      const policies = { ...NOBODY, roles: [role] }
      return policy.visible({ caller: policies })
    },
  }

  function argumentsRefused({ tool, args }: DecisionInput): Outcome | NotKnown | null {
    // Of a tool that was hidden from its caller nobody looked at the arguments, and none are written down.
    const none = Object.keys(args).length === 0
    if (!none && !otherArguments(tool.name)) return null
    const isValid = validator(tool.name)
    // Defaults that a schema fills in are the call's, and not the log's.
    if (isValid(structuredClone(args))) return null
    if (none) return { reason: 'arguments_missing', where: '/args' }
    const [error] = isValid.errors ?? []
    const where = error?.instancePath ?? ''
    const masked = maskedPlaces(args).find((pointer) => pointer === where || pointer.startsWith(`${where}/`))
    if (masked !== undefined && where !== '') return { reason: 'input_masked', where: `/args${masked}` }
    return denied('arguments_invalid')
  }
}

/** Somebody of no company: which tools a role sees depends on the role. */
const NOBODY: Caller = { id: 'agent', person: 'person', kind: 'agent', roles: [], company: null, token_age_s: 0 }

export function denied(code: string): Outcome {
  return { effect: 'deny', codes: [code] }
}

/** Whether the past may bear on it: what a replay cannot make anew. */
export function hasHistory({ history }: DecisionInput): boolean {
  const { settled, similar, counterparty_touched: touched, bank_changed_ms, rows_today } = history
  const sums = Object.values(settled).flatMap(({ day, window }) => [day, window])
  const none = similar.length + touched.length + rows_today === 0 && bank_changed_ms === null
  return !none || [history.settled_today, ...sums].some((sum) => sum > 0)
}

/** Remembers what was asked, and so many answers and no more. */
function memo<Value>(make: (key: string) => Value, most = 10_000): (key: string) => Value {
  const known = new Map<string, Value>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(key)
    if (known.size >= most) known.clear()
    known.set(key, made)
    return made
  }
}
