import type { ValidateFunction } from 'ajv'
import { type Canary, MAX_CANARIES, meets } from '../contract/canary.ts'
import type { Decision } from '../contract/decision.ts'
import { firstError } from '../contract/decision-guard.ts'
import type { Policy } from '../contract/evaluate.ts'
import type { Finding } from '../contract/finding.ts'
import { newAjv } from '../validate/ajv.ts'
import type { CheckedErp } from '../validate/checked.ts'
import type { DecisionRow, Expectation } from '../validate/decision-table.ts'
import { callOf } from '../validate/row-call.ts'
import { omissionsOf } from './omission.ts'
import { inputOf } from './row-input.ts'

/** What is judged; plain data, since it is sent to a worker. */
export interface TableJob {
  checked: Pick<CheckedErp, 'name' | 'catalogue' | 'config' | 'decisions'>
  /** Pointers into `input` that the Rego reads; null leaves the omission test out. */
  reads: readonly string[] | null
  /** Severity of what the table finds against the policy: rows that come out otherwise, and what can be left out of one. */
  differing: Finding['severity']
}

export interface Judgement {
  findings: Finding[]
  /** Indices of the rows that came out otherwise: no canaries can be made of them. */
  differing: number[]
}

/**
 * Evaluates decisions.yaml on the compiled policy: a row that comes out otherwise is a finding, and from every allowed
 * row what can be left out or spoiled without being refused.
 * @param onRow told the index of each row before it is evaluated
 */
export function judgeTable(job: TableJob, policy: Policy, onRow: (index: number) => void): Judgement {
  const { checked, reads } = job
  const ajv = newAjv({ strict: false })
  const validators = new Map<string, ValidateFunction>()
  const validArgs = (tool: string): ValidateFunction => {
    const known = validators.get(tool)
    if (known !== undefined) return known
    // An upstream's schema may name a draft whose meta schema is not loaded.
    const { $schema: _, ...schema } = checked.catalogue.tools[tool]?.input ?? {}
    const made = ajv.compile(schema)
    validators.set(tool, made)
    return made
  }
  const told = new Set<string>()
  const differing: number[] = []
  const findings = checked.decisions.rows.flatMap((row, index) => {
    onRow(index)
    const call = callOf(checked.decisions, row)
    const input = call === null ? null : inputOf(checked, row, call)
    const at = findingAt(checked.decisions.file, row)
    if (call === null || input === null) {
      return [at('DECISION_INVALID', `no example of \`${row.does}\``, 'add a complete call under `examples:`')]
    }
    const decision = policy.decide(input)
    if (decision.reasons.some(({ code }) => code === 'input_invalid')) {
      return [
        at('DECISION_INVALID', `no server builds this input: ${wordsOf(decision)}`, 'correct `with:` or `given:`'),
      ]
    }
    if (!meets(decision, { expect: row.then, masks: row.masks })) {
      differing.push(index)
      const words = `\`${row.name}\`: expected ${expected(row)}, got ${got(decision, row)}`
      return [{ ...at('DECISION_DIFFERS', words, DIFFERS), severity: job.differing }]
    }
    if (reads === null) return []
    const isValid = validArgs(row.does)
    if (!isValid(call.args)) {
      const words = `\`${row.name}\`: refused before any policy is asked: arguments ${firstError(isValid.errors)}`
      return [at('DECISION_INVALID', words, 'correct the arguments in `with:` or in the example')]
    }
    if (decision.effect !== 'allow') return []
    return omissionsOf({ checked, policy, reads, validArgs: isValid }, row, call, input)
      .filter(({ pointer }) => isNew(told, `${row.does} ${pointer}`))
      .map(({ pointer, how, because }) => {
        const words = `\`${row.name}\` is still allowed with \`${pointer}\` ${how}; ${because}`
        const help = `let a rule refuse it, or say under \`indifferent:\` of \`${row.does}\` why it does not matter`
        return { ...at('OMISSION_ALLOWED', words, help), severity: job.differing }
      })
  })
  return { findings, differing }
}

/**
 * The rows as a server tries them before it activates the bundle.
 * @param differing rows that are left out
 */
export function canariesOf(checked: TableJob['checked'], differing: readonly number[]): Canary[] {
  const rows = checked.decisions.rows.filter((_, index) => !differing.includes(index))
  const canaries = rows.flatMap((row): Canary[] => {
    const call = callOf(checked.decisions, row)
    const input = call === null ? null : inputOf(checked, row, call)
    return input === null ? [] : [{ name: row.name, input, expect: row.then, masks: row.masks }]
  })
  // Spread over the whole table, so that no tool at its end goes untried.
  const step = Math.max(1, canaries.length / MAX_CANARIES)
  return Array.from(
    { length: Math.min(canaries.length, MAX_CANARIES) },
    (_, index) => canaries[Math.floor(index * step)],
  ).filter((canary) => canary !== undefined)
}

/** The same omission in the next row of a tool is no news. */
function isNew(told: Set<string>, key: string): boolean {
  const size = told.size
  return told.add(key).size > size
}

const DIFFERS = 'correct the rule, or the row if the rule was changed on purpose'

/** Makes a finding at a row. */
export function findingAt(file: string, row: DecisionRow): (code: string, message: string, help: string) => Finding {
  const { line, column } = row.place
  return (code, message, help) => ({ code, severity: 'error', file, line, column, message, help })
}

function expected({ then, masks }: DecisionRow): string {
  return describe(then) + maskWords(masks, masks)
}

function got(decision: Decision, { masks }: DecisionRow): string {
  const codes = decision.reasons.map(({ code }) => code)
  const { count = 0, roles = [] } = decision.approval ?? {}
  const outcomes: Record<Decision['effect'], Expectation> = {
    allow: { effect: 'allow' },
    deny: { effect: 'deny', codes },
    require_approval: { effect: 'require_approval', count, roles },
  }
  return (
    describe(outcomes[decision.effect]) +
    maskWords(
      masks,
      decision.mask.map(({ pointer }) => pointer),
    )
  )
}

function describe(expectation: Expectation): string {
  if (expectation.effect === 'allow') return 'allow'
  if (expectation.effect === 'deny') return `deny [${[...expectation.codes].sort().join(', ')}]`
  return `require_approval by ${expectation.count} of [${[...expectation.roles].sort().join(', ')}]`
}

function maskWords(asked: readonly string[] | null, masks: readonly string[] | null): string {
  return asked === null ? '' : `, masks [${[...(masks ?? [])].sort().join(', ')}]`
}

function wordsOf(decision: Decision): string {
  return decision.reasons.map(({ message }) => message).join('; ')
}
