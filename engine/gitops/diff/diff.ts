import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseModules } from '../../compile/ast.ts'
import type { PolicyCompiler } from '../../compile/compile.ts'
import type { Program } from '../../compile/program.ts'
import { isTest } from '../../compile/staging.ts'
import type { CatalogueTool } from '../../contract/catalogue.ts'
import { instantiatePolicy, type Policy } from '../../contract/evaluate.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'
import { catalogueChanges } from './catalogue-changes.ts'
import { changedRules, joinedProbes } from './changed-rules.ts'
import { situations } from './contexts.ts'
import { type Change, matrix, sameAnswers } from './matrix.ts'
import { type RuleProbes, ruleProbes } from './probes.ts'
import { settingChanges } from './settings.ts'
import { amountOf, rolesOf, type SideSource, type Work } from './side.ts'
import type { Threads } from './threads.ts'
import { changedKeys, isToldElsewhere, type KeyPath, unreachedOf, withKeyOf } from './unreached.ts'

/** What a change of the sources does to what anybody may do. `count` and `witness` are of contexts. */
export interface AccessDiff {
  wider: Change[]
  narrower: Change[]
  obligations: (Change & { loosens: boolean })[]
  /** What may be other than before without any context showing it: a reviewer has to read it. */
  unreached: Unreached[]
  /** What of the ERP's own description changed, in words: it needs the second group, whatever the matrix says. */
  catalogue: { erp: string; sentence: string }[]
  /** Contexts that both sides decided. */
  contexts: number
}

export interface Unreached {
  erp: string
  /** Empty: not of one tool alone. */
  tool: string
  sentence: string
  /** It bears on what somebody is told, never on what anybody may do. */
  harmless: boolean
}

export interface DiffSources {
  /** By name; an ERP that stands on one side only was added or removed. */
  base: Readonly<Record<string, CheckedErp>>
  head: Readonly<Record<string, CheckedErp>>
}

export interface DiffTools {
  /** Path of the OPA binary. */
  opa: string
  /** `policy.wasm` of a side; null when its Rego does not compile. */
  wasmOf(side: 'base' | 'head', checked: CheckedErp): Promise<Uint8Array | null>
  threads: Threads
}

/** Compares what two states of the sources allow, on their compiled policies. ERPs that are the same are not decided. */
export async function accessDiff({ base, head }: DiffSources, tools: DiffTools): Promise<AccessDiff> {
  const names = [...new Set([...Object.keys(base), ...Object.keys(head)])].sort()
  const parts: AccessDiff[] = []
  for (const name of names) parts.push(await erpDiff(name, base[name], head[name], tools))
  return unitedDiff(parts)
}

/** Several diffs as one, in their order. */
export function unitedDiff(parts: readonly AccessDiff[]): AccessDiff {
  return {
    wider: parts.flatMap(({ wider }) => wider),
    narrower: parts.flatMap(({ narrower }) => narrower),
    obligations: parts.flatMap(({ obligations }) => obligations),
    unreached: parts.flatMap(({ unreached }) => unreached),
    catalogue: parts.flatMap(({ catalogue }) => catalogue),
    contexts: parts.reduce((sum, { contexts }) => sum + contexts, 0),
  }
}

/** The diff of one ERP; a side that is undefined was added or removed. */
export async function erpDiff(
  erp: string,
  before: CheckedErp | undefined,
  after: CheckedErp | undefined,
  tools: DiffTools,
): Promise<AccessDiff> {
  if (before !== undefined && after !== undefined && sameErp(before, after)) return unitedDiff([])
  const [base, head] = await Promise.all([opened('base', before, tools), opened('head', after, tools)])
  const changed = changedRules(base.rules, head.rules)
  const joined = [...joinedProbes(head.rules, changed), ...joinedProbes(base.rules, changed)]
  const configs = [before, after].flatMap((each) => (each === undefined ? [] : [each.config]))
  const { calls, without } = callsOf(before, after)
  const jobs = calls.map(({ tool, call }) => {
    const amount = [after, before].reduce<number | null>(
      (known, side) => known ?? (side === undefined ? null : amountOf(side, tool.name, call)),
      null,
    )
    return {
      tool,
      cases: situations({ tool, call, amount, configs, rules: [...head.rules, ...base.rules, ...joined] }),
    }
  })
  const roles = rolesOf(configs)
  const work = { jobs: jobs.map(({ tool, cases }) => ({ tool: tool.name, cases })), roles }
  const answers = await tools.threads.decide({ base: base.source, head: head.source }, work)
  const { shown, ...found } = matrix({ erp, jobs, roles, ...answers })
  const settings = configs.length === 2 && before && after ? settingChanges(erp, before.config, after.config) : NONE
  const quiet = await quietKeys({
    before,
    after,
    alone: changed.length === 0 && shown.size + found.wider.length + found.narrower.length > 0,
    source: head.source,
    work,
    threads: tools.threads,
  })
  return {
    ...found,
    wider: [...found.wider, ...settings.wider],
    narrower: [...found.narrower, ...settings.narrower],
    unreached: unreachedOf({ erp, changed, without, shown, keys: quiet }),
    catalogue: catalogueChanges(erp, before?.catalogue, after?.catalogue).map((sentence) => ({ erp, sentence })),
  }
}

const NONE = { wider: [], narrower: [] }

interface Opened {
  source: SideSource | null
  rules: RuleProbes[]
}

async function opened(side: 'base' | 'head', checked: CheckedErp | undefined, tools: DiffTools): Promise<Opened> {
  if (checked === undefined) return { source: null, rules: [] }
  const { name, catalogue, config } = checked
  const wasm = await tools.wasmOf(side, checked)
  if (wasm === null) throw new DiffError(`the policy of \`${name}\` does not compile: \`alcada check\` says why`)
  const rules = ruleProbes(await programOf(checked, tools.opa), { config })
  return { source: { checked: { name, catalogue, config }, wasm: Uint8Array.from(wasm) }, rules }
}

interface QuietSource {
  before: CheckedErp | undefined
  after: CheckedErp | undefined
  /** Something came out otherwise, and no rule changed. */
  alone: boolean
  source: SideSource | null
  work: Work
  threads: Threads
}

/** Above it, keys are not tried one by one: all of them are told. */
const TRIED_KEYS = 12

/**
 * Changed keys of the configuration that no context shows: with the key as it was, the head answers everything as it
 * does with the key as it is.
 */
async function quietKeys({ before, after, alone, source, work, threads }: QuietSource): Promise<KeyPath[]> {
  if (before === undefined || after === undefined || source === null) return []
  const changed = changedKeys(before.config, after.config)
  const names = new Set(changed.map((key) => key.join('.')))
  const keys = changed.filter((key) => !isToldElsewhere(key) && !isTwin(key.join('.'), names))
  const deciding = keys.filter(([top]) => top !== 'alerts')
  const quiet: KeyPath[] = keys.filter(([top]) => top === 'alerts')
  if (deciding.length === 1 && alone) return quiet
  if (deciding.length > TRIED_KEYS) return [...quiet, ...deciding]
  for (const key of deciding) {
    const config = withKeyOf(after.config, before.config, key)
    const base = { ...source, checked: { ...source.checked, config } }
    const tried = await threads.decide({ base, head: source }, work)
    if (sameAnswers(tried.base, tried.head)) quiet.push(key)
  }
  return quiet
}

/**
 * The policy of an ERP as it would ship, loaded.
 * @throws DiffError when it does not compile
 */
export async function policyOf(checked: CheckedErp, compiler: PolicyCompiler): Promise<Policy> {
  const wasm = await compiler.moduleOf(checked)
  if (wasm === null)
    throw new DiffError(`the policy of \`${checked.name}\` does not compile: \`alcada check\` says why`)
  return instantiatePolicy({ wasm, data: { config: checked.config }, erp: checked.name })
}

/** One key of the YAML is given to Rego in days and in milliseconds. */
function isTwin(name: string, changed: ReadonlySet<string>): boolean {
  return changed.has(name.replace(/\.window_days$/, '.window_ms')) && name.endsWith('.window_days')
}

/** Two states that cannot be compared. The message says what to do. */
export class DiffError extends Error {
  readonly code = 'DIFF_IMPOSSIBLE'

  constructor(message: string) {
    super(message)
    this.name = 'DiffError'
  }
}

/** The syntax trees of an ERP's Rego, tests left out. */
export async function programOf({ rego }: CheckedErp, opa: string): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'alcada-diff-'))
  const plain = Object.fromEntries(Object.entries(rego).filter(([path]) => !isTest(path)))
  return parseModules(plain, opa, folder).finally(() => rm(folder, { recursive: true, force: true }))
}

/** Every tool of either side with a complete call of it: the head's example before the base's. */
function callsOf(
  before: CheckedErp | undefined,
  after: CheckedErp | undefined,
): { calls: { tool: CatalogueTool; call: ExampleCall }[]; without: string[] } {
  const tools = { ...before?.catalogue.tools, ...after?.catalogue.tools }
  const examples = { ...before?.decisions.examples, ...after?.decisions.examples }
  const calls = Object.values(tools).flatMap((tool) => {
    const call = Object.hasOwn(examples, tool.name) ? examples[tool.name] : undefined
    return call === undefined ? [] : [{ tool, call }]
  })
  const named = new Set(calls.map(({ tool }) => tool.name))
  return {
    calls,
    without: Object.keys(tools)
      .filter((name) => !named.has(name))
      .sort(),
  }
}

/** Whether two checked ERPs decide alike and are reached alike, without asking them. */
export function sameErp(a: CheckedErp, b: CheckedErp): boolean {
  const relevant = ({ erp, toolsFile, catalogue, config, rego }: CheckedErp): string =>
    JSON.stringify({ erp, toolsFile, catalogue, config, rego: Object.entries(rego).filter(([path]) => !isTest(path)) })
  return relevant(a) === relevant(b)
}
