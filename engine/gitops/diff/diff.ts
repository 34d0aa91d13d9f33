import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseModules } from '../../compile/ast.ts'
import type { PolicyCompiler } from '../../compile/compile.ts'
import type { Program } from '../../compile/program.ts'
import { isTest } from '../../compile/staging.ts'
import { BUNDLE_FILES } from '../../contract/bundle-claims.ts'
import type { CatalogueTool } from '../../contract/catalogue.ts'
import { instantiatePolicy, type Policy } from '../../contract/evaluate.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'
import { catalogueChanges } from './catalogue-changes.ts'
import { changedRules, joinedProbes } from './changed-rules.ts'
import { type Change, matrix } from './matrix.ts'
import { type RuleProbes, ruleProbes } from './probes.ts'
import { createSide, NOBODY, type Side } from './side.ts'
import { unreachedOf } from './unreached.ts'

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
  base: PolicyCompiler
  head: PolicyCompiler
}

/** Compares what two states of the sources allow, on their compiled policies. ERPs that are the same are not decided. */
export async function accessDiff({ base, head }: DiffSources, tools: DiffTools): Promise<AccessDiff> {
  const whole: AccessDiff = { wider: [], narrower: [], obligations: [], unreached: [], catalogue: [], contexts: 0 }
  for (const name of [...new Set([...Object.keys(base), ...Object.keys(head)])].sort()) {
    const [before, after] = [base[name], head[name]]
    if (before !== undefined && after !== undefined && sameErp(before, after)) continue
    const one = await erpDiff(name, before, after, tools)
    whole.wider.push(...one.wider)
    whole.narrower.push(...one.narrower)
    whole.obligations.push(...one.obligations)
    whole.unreached.push(...one.unreached)
    whole.catalogue.push(...one.catalogue)
    whole.contexts += one.contexts
  }
  return whole
}

async function erpDiff(
  erp: string,
  before: CheckedErp | undefined,
  after: CheckedErp | undefined,
  tools: DiffTools,
): Promise<AccessDiff> {
  const [base, head] = await Promise.all([opened(before, tools.base, tools.opa), opened(after, tools.head, tools.opa)])
  const changed = changedRules(base.rules, head.rules)
  const rules = [...head.rules, ...base.rules]
  const joined = [...joinedProbes(head.rules, changed), ...joinedProbes(base.rules, changed)]
  const { calls, without } = callsOf(before, after)
  const configs = [before, after].flatMap((each) => (each === undefined ? [] : [each.config]))
  const found = matrix({ erp, base: base.side, head: head.side, configs, rules: [...rules, ...joined], calls })
  const catalogue = catalogueChanges(before?.catalogue, after?.catalogue).map((sentence) => ({ erp, sentence }))
  const unreached = unreachedOf({ erp, before, after, changed, without, found })
  return { ...found, unreached, catalogue }
}

interface Opened {
  side: Side
  rules: RuleProbes[]
}

async function opened(checked: CheckedErp | undefined, compiler: PolicyCompiler, opa: string): Promise<Opened> {
  if (checked === undefined) return { side: NOBODY, rules: [] }
  const policy = await policyOf(checked, compiler)
  return {
    side: createSide(checked, policy),
    rules: ruleProbes(await programOf(checked, opa), { config: checked.config }),
  }
}

/**
 * The policy of an ERP as it would ship, loaded.
 * @throws DiffError when it does not compile
 */
export async function policyOf(checked: CheckedErp, compiler: PolicyCompiler): Promise<Policy> {
  const { files } = await compiler.compileErp(checked, { checks: 'fast', differing: 'warning' })
  const wasm = files.get(BUNDLE_FILES.wasm)
  if (wasm === undefined)
    throw new DiffError(`the policy of \`${checked.name}\` does not compile: \`alcada check\` says why`)
  return instantiatePolicy({ wasm: Uint8Array.from(wasm), data: { config: checked.config }, erp: checked.name })
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

/** Whether nothing that bears on a decision differs. */
export function sameErp(a: CheckedErp, b: CheckedErp): boolean {
  const relevant = ({ erp, toolsFile, catalogue, config, rego }: CheckedErp): string =>
    JSON.stringify({ erp, toolsFile, catalogue, config, rego })
  return relevant(a) === relevant(b)
}
