import type { CatalogueTool } from '../../contract/catalogue.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Effect } from '../../contract/vocabulary.ts'
import { compare, type Difference } from './compare.ts'
import type { Situation } from './contexts.ts'
import { movedLimits, type Rung } from './limits.ts'
import { type Answers, type Context, contextsOf } from './side.ts'
import { answerOf, consentOf, masksOf, whoOf } from './words.ts'

/** One change of what somebody may do, in a sentence, with how many contexts show it and one of them. */
export interface Change {
  erp: string
  /** Empty: whoever calls. */
  role: string
  /** Empty: not of one tool alone. */
  tool: string
  sentence: string
  count: number
  witness: CallWitness | SettingWitness
}

/** A call that comes out otherwise. */
export type CallWitness = Context & { base: string; head: string }

/** A key that the server itself obeys, without asking the policy. */
export interface SettingWitness {
  setting: string
  base: unknown
  head: unknown
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
  /** Each tool of either side, with its cases. */
  jobs: readonly { tool: CatalogueTool; cases: readonly Situation[] }[]
  /** The last set holds every role. */
  roles: readonly string[][]
  base: Answers
  head: Answers
}

export interface Compared extends Matrix {
  /** Which rules and places of the input the situations that came out otherwise were made for. */
  shown: Set<string>
}

/** Compares what both sides answer to every context: roles × tools × situations. */
export function matrix({ erp, jobs, roles, base, head }: MatrixSource): Compared {
  const contexts = contextsOf({
    jobs: jobs.map(({ tool, cases }) => ({ tool: tool.name, cases: [...cases] })),
    roles: [...roles],
  })
  const result: Compared = { wider: [], narrower: [], obligations: [], contexts, shown: new Set() }
  const differs = differing(base, head)
  let at = 0
  for (const { tool, cases } of jobs) {
    const before = sizeOf(result)
    roles.forEach((role, index) => {
      const every = index === roles.length - 1
      // Who has every role may do what one of them may: that is told once.
      const told = every && sizeOf(result) > before
      const first = at
      if (!told && cases.some((_, offset) => differs(first + offset))) {
        const rows = cases.map((situation, offset) => ({
          situation,
          base: outcomeAt(base, first + offset),
          head: outcomeAt(head, first + offset),
          differs: differs(first + offset),
        }))
        compareRole({ erp, tool, role: every ? EVERY_ROLE : whoOf(role), roles: role, rows }, result)
      }
      at += cases.length
    })
  }
  return result
}

const EVERY_ROLE = 'somebody with every role'

interface RoleRows {
  erp: string
  tool: CatalogueTool
  /** In words. */
  role: string
  roles: string[]
  /** The plain call first. */
  rows: readonly { situation: Situation; base: Outcome; head: Outcome; differs: boolean }[]
}

function compareRole({ erp, tool, role, roles, rows }: RoleRows, result: Compared): void {
  const differences = rows.flatMap(({ situation, base, head, differs }, index) => {
    if (!differs) return []
    const { words, call, given, amount, withAmount, shows } = situation
    const difference = compare({ tool: tool.name, roles, call, given }, words, base, head)
    // Whether a tool is seen is a matter of who calls, not of the call: the plain one says it.
    const onlySeen = base.effect === 'deny' && head.effect === 'deny' && index > 0
    return difference === null || onlySeen ? [] : [{ ...difference, amount, withAmount, shows }]
  })
  if (differences.length === 0) return
  for (const { shows } of differences) for (const each of shows) result.shown.add(each)
  const change = (sentence: string, found: readonly Difference[]): Change[] =>
    found.slice(0, 1).map(({ context, base: before, head: after }) => ({
      erp,
      role,
      tool: tool.name,
      sentence: `${role} ${sentence}`,
      count: found.length,
      witness: { ...context, base: answerOf(before), head: answerOf(after) },
    }))

  const rungs = rows.flatMap(({ situation: { amount }, base, head }): Rung[] =>
    amount === null ? [] : [{ amount, base, head }],
  )
  const explained = new Set<number>()
  for (const limit of movedLimits(VERBS[tool.effect], rungs)) {
    const found = differences.filter(({ amount }) => amount !== null && limit.amounts.includes(amount))
    for (const { amount } of found) if (amount !== null) explained.add(amount)
    const words = `may ${limit.widens ? 'now ' : ''}${limit.words} (${tool.name} on ${erp})`
    result[limit.widens ? 'wider' : 'narrower'].push(...change(words, found))
  }
  const said = new Set(differences.filter(({ amount }) => explained.has(amount ?? -1)).map(pairOf))
  const rest = differences.filter((each) =>
    each.withAmount === undefined
      ? !explained.has(each.amount ?? -1)
      : !(explained.has(each.withAmount) && said.has(pairOf(each))),
  )
  for (const group of grouped(rest)) {
    const [first] = group
    if (first === undefined) continue
    const made = change(sentenceOf(first, erp), group)
    if (first.direction === 'obligation') {
      result.obligations.push(...made.map((each) => ({ ...each, loosens: first.loosens })))
    } else result[first.direction].push(...made)
  }
}

/** Whether both sides answer a context otherwise: outcomes are compared once, then by number. */
function differing(base: Answers, head: Answers): (at: number) => boolean {
  const numbers = new Map<string, number>()
  const numberOf = (outcome: Outcome): number => {
    const key = JSON.stringify(outcome)
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  }
  const [before, after] = [base.outcomes.map(numberOf), head.outcomes.map(numberOf)]
  return (at) => before[base.ids[at] ?? -1] !== after[head.ids[at] ?? -1]
}

/** Whether two sides answer every context alike. */
export function sameAnswers(base: Answers, head: Answers): boolean {
  const differs = differing(base, head)
  return base.ids.every((_, at) => !differs(at))
}

function outcomeAt({ outcomes, ids }: Answers, at: number): Outcome {
  return outcomes[ids[at] ?? -1] ?? { effect: 'deny', codes: ['undecided'] }
}

function sizeOf({ wider, narrower, obligations }: Matrix): number {
  return wider.length + narrower.length + obligations.length
}

const VERBS: Readonly<Record<Effect, string>> = {
  read: 'read',
  create: 'create',
  update: 'change',
  delete: 'delete',
  settle: 'settle',
  fiscal: 'issue',
}

function pairOf({ base, head }: Difference): string {
  return JSON.stringify([base, head])
}

/** Differences that a reader takes for one: the same answers before and after. */
function grouped<T extends Difference>(differences: readonly T[]): T[][] {
  const groups = new Map<string, T[]>()
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
  if (base.effect === 'deny' && head.effect === 'deny') {
    const [seen, answer] = direction === 'wider' ? ['now sees', answerOf(head)] : ['no longer sees', answerOf(base)]
    return `${seen} ${what}, though calling it ${answer}`
  }
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
