import type { CatalogueTool } from '../../contract/catalogue.ts'
import type { Config } from '../../contract/config.ts'
import type { Effect } from '../../contract/vocabulary.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'
import { compare, type Difference } from './compare.ts'
import { type Situation, situations } from './contexts.ts'
import { movedLimits, type Rung } from './limits.ts'
import type { RuleProbes } from './probes.ts'
import { type Context, rolesOf, type Side } from './side.ts'
import { answerOf, consentOf, masksOf, whoOf } from './words.ts'

/** One change of what somebody may do, in a sentence, with how many contexts show it and one of them. */
export interface Change {
  erp: string
  role: string
  tool: string
  sentence: string
  count: number
  witness: Context & { base: string; head: string }
}

export interface Matrix {
  wider: Change[]
  narrower: Change[]
  /** Consent and masks. */
  obligations: (Change & { loosens: boolean })[]
  /** Contexts that were decided, by both sides. */
  contexts: number
}

export interface MatrixSource {
  erp: string
  base: Side
  head: Side
  configs: readonly Config[]
  rules: readonly RuleProbes[]
  /** A complete call of each tool of either side. */
  calls: readonly { tool: CatalogueTool; call: ExampleCall }[]
}

/** Decides every context on both sides: roles × tools × situations. */
export function matrix(source: MatrixSource): Matrix {
  const result: Matrix = { wider: [], narrower: [], obligations: [], contexts: 0 }
  const roles = rolesOf(source.configs)
  for (const { tool, call } of source.calls) {
    const amount = source.head.amount(tool.name, call) ?? source.base.amount(tool.name, call)
    const cases = situations({ tool, call, amount, configs: source.configs, rules: source.rules })
    for (const role of roles) {
      result.contexts += cases.length
      decideAll(source, tool, role, cases, result)
    }
  }
  return result
}

function decideAll(
  { erp, base, head }: MatrixSource,
  tool: CatalogueTool,
  roles: string[],
  cases: readonly Situation[],
  result: Matrix,
): void {
  const rungs: Rung[] = []
  const differences: (Difference & { amount: number | null })[] = []
  for (const { words, call, given, amount } of cases) {
    const context: Context = { tool: tool.name, roles, call, given }
    const [before, after] = [base.outcome(context), head.outcome(context)]
    if (amount !== null) rungs.push({ amount, base: before, head: after })
    const difference = compare(context, words, before, after)
    if (difference !== null) differences.push({ ...difference, amount })
  }
  const change = (sentence: string, found: readonly Difference[]): Change[] =>
    found.slice(0, 1).map(({ context, base: before, head: after }) => ({
      erp,
      role: whoOf(roles),
      tool: tool.name,
      sentence: `${whoOf(roles)} ${sentence}`,
      count: found.length,
      witness: { ...context, base: answerOf(before), head: answerOf(after) },
    }))

  const explained = new Set<number>()
  for (const limit of differences.length === 0 ? [] : movedLimits(VERBS[tool.effect], rungs)) {
    const found = differences.filter(({ amount }) => amount !== null && limit.amounts.includes(amount))
    for (const { amount } of found) if (amount !== null) explained.add(amount)
    const words = `may ${limit.widens ? 'now ' : ''}${limit.words} (${tool.name} on ${erp})`
    result[limit.widens ? 'wider' : 'narrower'].push(...change(words, found))
  }
  const rest = differences.filter(({ amount }) => amount === null || !explained.has(amount))
  for (const group of grouped(rest)) {
    const [first] = group
    if (first === undefined) continue
    const made = change(sentenceOf(first, erp), group)
    if (first.direction === 'obligation') {
      result.obligations.push(...made.map((each) => ({ ...each, loosens: first.loosens })))
    } else result[first.direction].push(...made)
  }
}

const VERBS: Readonly<Record<Effect, string>> = {
  read: 'read',
  create: 'create',
  update: 'change',
  delete: 'delete',
  settle: 'settle',
  fiscal: 'issue',
}

/** Differences that a reader takes for one: the same answers before and after. */
function grouped(differences: readonly Difference[]): Difference[][] {
  const groups = new Map<string, Difference[]>()
  for (const difference of differences) {
    const key = JSON.stringify([difference.direction, difference.loosens, effectOnReader(difference)])
    groups.set(key, [...(groups.get(key) ?? []), difference])
  }
  return [...groups.values()]
}

/** Of an obligation only what changed; a mask may change in answers that differ for another reason. */
function effectOnReader({ base, head, direction }: Difference): unknown {
  if (direction !== 'obligation' || base.effect === 'deny' || head.effect === 'deny') return [base, head]
  const consent = [base, head].map((each) => (each.effect === 'require_approval' ? [each.count, each.roles] : []))
  const same = JSON.stringify(consent[0]) === JSON.stringify(consent[1])
  return [masksOf(base.masks, head.masks), same ? [] : consent]
}

function sentenceOf({ base, head, words, context, direction }: Difference, erp: string): string {
  const where = words === '' ? '' : ` where ${words}`
  const what = `${context.tool} on ${erp}${where}`
  if (direction === 'obligation' && base.effect !== 'deny' && head.effect !== 'deny') {
    const masks = masksOf(base.masks, head.masks)
    if (base.effect === 'require_approval' && head.effect === 'require_approval' && masks === '') {
      return `calls ${what}: now needs ${consentOf(head)}, needed ${consentOf(base)}`
    }
    return `${masks} of ${what}`
  }
  return `calls ${what}: now ${answerOf(head)}, before it ${answerOf(base)
    .replace(/^is /, 'was ')
    .replace(/^needs /, 'needed ')}`
}
