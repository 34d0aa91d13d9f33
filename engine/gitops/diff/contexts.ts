import type { CatalogueTool } from '../../contract/catalogue.ts'
import type { Config } from '../../contract/config.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'
import { bandProbes } from './band-probes.ts'
import { circumstances, totals } from './circumstances.ts'
import { conditionWords } from './condition-words.ts'
import { amountsIn, beside, pool } from './pool.ts'
import type { Probe, RuleProbes } from './probes.ts'
import { vary } from './vary.ts'

/** One way in which a tool may be called. */
export interface Situation {
  /** What is other than in the plain call; empty for the plain call. */
  words: string
  call: ExampleCall
  given: Record<string, unknown>
  /** The amount, in centavos, where nothing but it is other than in the plain call. */
  amount: number | null
  /** The amount, in centavos, where something else is other than in the plain call too. */
  withAmount?: number
  /** The rules and places of the input that it was made for. */
  shows: string[]
}

export interface SituationSource {
  tool: CatalogueTool
  call: ExampleCall
  /** What the plain call moves, in centavos. */
  amount: number | null
  configs: readonly Config[]
  /** Of both sides. */
  rules: readonly RuleProbes[]
}

/**
 * The representative situations of one tool: the plain call; every amount that a limit of either side stands at, one
 * centavo below and above; each named circumstance; each place that a rule reads, on both sides of what it is compared
 * with; and for each rule all that it asks of the input at once, so that conditions which matter together are met together.
 */
export function situations({ tool, call, amount, configs, rules }: SituationSource): Situation[] {
  const found = new Map<string, Situation>()
  const add = (situation: Situation): void => {
    const key = JSON.stringify([situation.call, situation.given])
    const known = found.get(key)
    if (known === undefined) found.set(key, situation)
    else known.shows.push(...situation.shows)
  }
  add({ words: '', call, given: {}, amount, shows: [] })
  const limits = [...amountsIn(configs), ...numbersAt(rules, '/facts/amount')]
  for (const value of amount === null ? [] : [...new Set(limits.flatMap(beside))].sort((a, b) => a - b)) {
    const varied = Number.isInteger(value) ? vary(tool, call, '/facts/amount', value) : null
    if (varied !== null) add({ words: '', ...varied, amount: value, shows: ['/facts/amount'] })
  }
  for (const { words, given } of circumstances(configs)) add({ words, call, given, amount: null, shows: [] })
  for (const { pointer, values } of places(rules)) {
    // Roles are tried one after the other whatever is read of them.
    if (pointer === '/facts/amount' || pointer === '/caller/roles') continue
    for (const value of values.length > 0 ? values : pool(pointer, configs, amount)) {
      const varied = vary(tool, call, pointer, value)
      if (varied !== null) add({ words: conditionWords(pointer, value), ...varied, amount: null, shows: [pointer] })
    }
  }
  for (const { words, given } of amount === null ? [] : totals(configs, amount)) {
    add({ words, call, given, amount: null, shows: [] })
  }
  for (const letters of reasonLengths(configs)) {
    const varied = Object.hasOwn(call.args, 'reason') ? vary(tool, call, '/args/reason', 'x'.repeat(letters)) : null
    if (varied !== null) add({ words: `the reason has ${letters} letters`, ...varied, amount: null, shows: [] })
  }
  for (const rule of rules)
    for (const each of together(tool, call, rule.probes)) add({ ...each, shows: [ruleName(rule)] })
  for (const probes of bandProbes(configs, tool.effect)) for (const each of together(tool, call, probes)) add(each)
  return [...found.values()]
}

/** Of a reason for taking a record out of use: just too short, and just long enough. */
function reasonLengths(configs: readonly Config[]): number[] {
  const least = configs.flatMap(({ security }) => security.guards?.deletes?.reason_min_length ?? [])
  return [...new Set(least.flatMap((length) => [length - 1, length]))].filter((length) => length >= 0)
}

/** How a situation says that it was made for a rule. */
export function ruleName({ name, key }: RuleProbes): string {
  return `${name} ${key}`
}

/** Everything that is asked, met at once; then one number after the other on its other sides. */
function together(tool: CatalogueTool, call: ExampleCall, probes: readonly Probe[]): Situation[] {
  const known = probes.filter(
    ({ pointer, values }) =>
      pointer !== '/caller/roles' && values.length > 0 && vary(tool, call, pointer, values[0]) !== null,
  )
  if (known.length < 2) return []
  const meeting = (change: Probe | null, other: unknown): Situation | null => {
    let situation: Situation = { words: '', call, given: {}, amount: null, shows: [] }
    const words: string[] = []
    for (const probe of known) {
      const value = probe === change ? other : probe.values[0]
      const varied = vary(tool, situation.call, probe.pointer, value)
      if (varied === null) return null
      situation = { ...situation, call: varied.call, given: { ...situation.given, ...varied.given } }
      words.push(conditionWords(probe.pointer, value))
    }
    const moved = known.find(({ pointer }) => pointer === '/facts/amount')
    const value = moved === change ? other : moved?.values[0]
    const withAmount = typeof value === 'number' ? { withAmount: value } : {}
    return { ...situation, ...withAmount, words: words.join(' and ') }
  }
  const others = known.flatMap((probe) =>
    probe.values
      .slice(1)
      .filter((value) => typeof value === 'number')
      .map((value) => meeting(probe, value)),
  )
  return [meeting(null, null), ...others].filter((each) => each !== null)
}

/** Every place that some rule reads, with all the values that any rule compares it with. */
function places(rules: readonly RuleProbes[]): Probe[] {
  const found = new Map<string, Set<unknown>>()
  for (const { pointer, values } of rules.flatMap(({ probes }) => probes)) {
    const known = found.get(pointer) ?? new Set()
    for (const value of values) known.add(value)
    found.set(pointer, known)
  }
  return [...found].map(([pointer, values]) => ({ pointer, values: [...values] })).sort(byPointer)
}

function byPointer(a: Probe, b: Probe): number {
  return a.pointer < b.pointer ? -1 : 1
}

function numbersAt(rules: readonly RuleProbes[], wanted: string): number[] {
  return rules
    .flatMap(({ probes }) => probes)
    .filter(({ pointer }) => pointer === wanted)
    .flatMap(({ values }) => values.filter((value) => typeof value === 'number'))
}
