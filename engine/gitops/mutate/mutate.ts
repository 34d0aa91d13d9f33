import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPolicyCompiler, type PolicyCompiler } from '../../compile/compile.ts'
import { loadTree } from '../../load/load.ts'
import type { Tree } from '../../load/tree.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import { validateTree } from '../../validate/validate.ts'
import { programOf } from '../diff/diff.ts'
import { startThreads } from '../diff/threads.ts'
import { mutantsOf, type Placed } from './all-mutants.ts'
import { configReads } from './config-reads.ts'
import { sameContexts } from './equivalent.ts'
import { changedLines, type Mutant, sampled } from './mutant.ts'
import { openTestFolder } from './rego-tests.ts'
import { type Bench, type Fate, tryRego, tryYaml } from './trial.ts'

export interface MutateOptions {
  root: string
  /** An ERP, or `shared`: the Rego that all of them build on, tried with the tests and tables of each. */
  target: string
  /** Path of the OPA binary. */
  opa: string
  /** Only mistakes in this file, from the project root. Default: in all of the target. */
  only?: string
  /** How many mistakes are tried. Default: all. */
  sample?: number
  /** Which ones: the same seed, the same sample. Default 1. */
  seed?: number
  onProgress?: (done: number, total: number) => void
}

/** A mistake that nobody noticed, with its place and the lines that it changes. */
export interface Unnoticed {
  file: string
  line: number
  column: number
  kind: string
  before: string[]
  after: string[]
}

export interface MutationReport {
  target: string
  /** Mistakes there are, and those that were tried of them. */
  all: number
  tried: number
  seed: number
  killed: { rego_tests: number; table: number }
  survivors: Unnoticed[]
  /** No context of the access diff comes out otherwise, though contexts reach the place. */
  equivalent: (Unnoticed & { contexts: number })[]
  /** Not counted: refused by the compiler or the validator. */
  invalid: number
  /** Not counted: what is built of the sources is the same. */
  same: number
  /** Not counted: keys that no rule reads. */
  outside: number
}

/** What was asked for cannot be tried. The message says what to do. */
export class MutateError extends Error {
  readonly code = 'MUTATE_IMPOSSIBLE'

  constructor(message: string) {
    super(message)
    this.name = 'MutateError'
  }
}

/**
 * Makes one small mistake after the other in the policies and looks whether tests, tables or canaries notice.
 * @throws MutateError where there is no such ERP, or its sources have findings
 */
export async function mutate(options: MutateOptions): Promise<MutationReport> {
  const { root, target, opa, only, sample, seed = 1, onProgress = () => undefined } = options
  const { tree, erps } = await sourcesOf(root, target)
  const dir = await mkdtemp(join(tmpdir(), 'alcada-mutate-'))
  const threads = startThreads()
  const compilers = await Promise.all([openPolicyCompiler({ compiler: opa }), openPolicyCompiler({ compiler: opa })])
  try {
    const mutants = await mutantsOf(target, tree, erps, { opa, dir })
    if (mutants === null) throw new MutateError('one of the Rego files does not parse: `alcada check` says which')
    const all = mutants.filter(({ mutant }) => only === undefined || mutant.file === only)
    const tried = sample === undefined ? all : sampled(all, sample, seed)
    const fates = await fatesOf(tried, { tree, erps, opa, dir, compilers, onProgress })
    const report = reportOf(target, all.length, seed, fates)
    for (const { place } of fates.filter((one) => one.fate.is === 'unnoticed')) {
      const beside = mutants
        .filter(({ rule, mutant }) => rule === place.rule && mutant !== place.mutant)
        .map(({ mutant }) => mutant)
        .sort((a, b) => b.end - b.start - (a.end - a.start))
      const contexts = await sameContexts(place.mutant, beside, {
        erps,
        tree,
        opa,
        base: compilers[0],
        head: compilers[1],
        threads,
      })
      const words = unnoticed(tree, place.mutant)
      if (contexts === null) report.survivors.push(words)
      else report.equivalent.push({ ...words, contexts })
    }
    return report
  } finally {
    await Promise.all([threads.close(), ...compilers.map((compiler) => compiler.close())])
    await rm(dir, { recursive: true, force: true })
  }
}

async function sourcesOf(root: string, target: string): Promise<{ tree: Tree; erps: CheckedErp[] }> {
  const { tree, findings } = await loadTree(root, target === 'shared' ? undefined : [target])
  const checked = validateTree(tree)
  const first = [...findings, ...checked.findings].find(({ severity }) => severity === 'error')
  const erps = Object.values(checked.erps)
  if (first === undefined && erps.length > 0) return { tree, erps }
  const why = first === undefined ? 'there is no ERP' : `${first.code} ${first.file}:${first.line}: ${first.message}`
  throw new MutateError(`what has findings is not tried: ${why}`)
}

interface Trying {
  tree: Tree
  erps: readonly CheckedErp[]
  opa: string
  dir: string
  compilers: readonly PolicyCompiler[]
  onProgress: (done: number, total: number) => void
}

/** Two at a time, each in folders of its own. */
async function fatesOf(
  places: readonly Placed[],
  { tree, erps, opa, dir, compilers, onProgress }: Trying,
): Promise<{ place: Placed; fate: Fate }[]> {
  const programs = new Map(await Promise.all(erps.map(async (erp) => [erp.name, await programOf(erp, opa)] as const)))
  const fates: { place: Placed; fate: Fate }[] = []
  const waiting = places.entries()
  const work = async (compiler: PolicyCompiler, worker: number): Promise<void> => {
    const benches = await Promise.all(
      erps.map(async (checked): Promise<Bench> => {
        const own = join(dir, `${worker}-${checked.name}`)
        await mkdir(own)
        const reads = configReads(programs.get(checked.name) ?? {})
        return { checked, folder: await openTestFolder(checked, opa, own), reads }
      }),
    )
    for (const [index, place] of waiting) {
      const [first] = benches
      if (first === undefined) return
      const isRego = place.mutant.file.endsWith('.rego')
      const fate = isRego
        ? await tryRego(place.mutant, benches, compiler)
        : await tryYaml(place.mutant, first, tree, compiler)
      fates[index] = { place, fate }
      onProgress(fates.filter(Boolean).length, places.length)
    }
  }
  await Promise.all(compilers.map(work))
  return fates
}

function reportOf(target: string, all: number, seed: number, fates: readonly { fate: Fate }[]): MutationReport {
  const count = (is: Fate['is']): number => fates.filter(({ fate }) => fate.is === is).length
  const killed = (by: string): number => fates.filter(({ fate }) => fate.is === 'killed' && fate.by === by).length
  return {
    target,
    all,
    tried: fates.length,
    seed,
    killed: { rego_tests: killed('rego_tests'), table: killed('table') },
    survivors: [],
    equivalent: [],
    invalid: count('invalid'),
    same: count('same'),
    outside: count('outside'),
  }
}

function unnoticed(tree: Tree, mutant: Mutant): Unnoticed {
  const { file, line, column, kind } = mutant
  return { file, line, column, kind, ...changedLines(tree.texts[file] ?? '', mutant) }
}
