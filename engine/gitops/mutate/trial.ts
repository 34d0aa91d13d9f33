import type { PolicyCompiler } from '../../compile/compile.ts'
import { hasErrors } from '../../compile/project.ts'
import type { Tree } from '../../load/tree.ts'
import { readYaml } from '../../load/yaml.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import { validateTree } from '../../validate/validate.ts'
import { changedKeys } from '../diff/unreached.ts'
import { isConfigRead } from './config-reads.ts'
import { type Mutant, mutated } from './mutant.ts'
import type { TestFolder } from './rego-tests.ts'

/** What became of one mistake. */
export type Fate =
  /** Somebody noticed. */
  | { is: 'killed'; by: 'rego_tests' | 'table' }
  /** No such state of the sources is accepted: it does not compile, or has a finding. */
  | { is: 'invalid' }
  /** No rule of the Rego reads what changed: servers enforce it in code, and the table cannot tell. */
  | { is: 'outside' }
  /** Nothing that is built of the sources is other than before. */
  | { is: 'same' }
  /** Nobody noticed. */
  | { is: 'unnoticed' }

/** One ERP as it is tried on. */
export interface Bench {
  checked: CheckedErp
  folder: TestFolder
  /** Dotted names of `data.config` that the Rego reads. */
  reads: readonly string[]
}

/** The cheap killers first: the tests beside the file, then all tests, then the table on the compiled policy. */
export async function tryRego(mutant: Mutant, benches: readonly Bench[], compiler: PolicyCompiler): Promise<Fate> {
  const [first] = benches
  if (first === undefined) return { is: 'unnoticed' }
  const text = mutated(first.checked.rego[mutant.file] ?? '', mutant)
  const near = await first.folder.near(mutant.file, text)
  if (near === 'invalid') return { is: 'invalid' }
  if (near === 'fail') return { is: 'killed', by: 'rego_tests' }
  for (const { folder } of benches) {
    const all = await folder.all(mutant.file, text)
    if (all === 'invalid') return { is: 'invalid' }
    if (all === 'fail') return { is: 'killed', by: 'rego_tests' }
  }
  for (const { checked } of benches) {
    const { findings } = await compiler.compileErp(withRego(checked, mutant.file, text), { checks: 'fast' })
    if (findings.some(({ code }) => code === 'DECISION_DIFFERS')) return { is: 'killed', by: 'table' }
    if (hasErrors(findings)) return { is: 'invalid' }
  }
  return { is: 'unnoticed' }
}

/** The table first: a limit is data, so nothing is compiled for it. */
export async function tryYaml(
  mutant: Mutant,
  { checked, folder, reads }: Bench,
  tree: Tree,
  compiler: PolicyCompiler,
): Promise<Fate> {
  const other = withYaml(checked.name, tree, mutant)
  if (other === null) return { is: 'invalid' }
  const changed = changedKeys(checked.config, other.config).map((key) => key.join('.'))
  if (changed.length === 0) return { is: 'same' }
  if (!changed.some((name) => isConfigRead(reads, name))) return { is: 'outside' }
  const { findings } = await compiler.compileErp(other, { checks: 'fast' })
  if (findings.some(({ code }) => code === 'DECISION_DIFFERS')) return { is: 'killed', by: 'table' }
  if (hasErrors(findings)) return { is: 'invalid' }
  return (await folder.configured(other.config)) === 'fail' ? { is: 'killed', by: 'rego_tests' } : { is: 'unnoticed' }
}

/** The sources with the mistake in them; null where they have a finding. */
export function withMutant(checked: CheckedErp, tree: Tree, mutant: Mutant): CheckedErp | null {
  const text = checked.rego[mutant.file]
  return text === undefined
    ? withYaml(checked.name, tree, mutant)
    : withRego(checked, mutant.file, mutated(text, mutant))
}

function withRego(checked: CheckedErp, path: string, text: string): CheckedErp {
  return { ...checked, rego: { ...checked.rego, [path]: text } }
}

function withYaml(name: string, tree: Tree, mutant: Mutant): CheckedErp | null {
  const sources = tree.erps[name]
  if (sources === undefined) return null
  const { file } = readYaml(mutant.file, mutated(tree.texts[mutant.file] ?? '', mutant))
  if (file === null) return null
  const files = Object.fromEntries(
    Object.entries(sources.files).map(([key, one]) => [key, one?.path === mutant.file ? file : one]),
  )
  const own = { ...sources, files: { ...sources.files, ...files } }
  return validateTree({ ...tree, erps: { [name]: own } }).erps[name] ?? null
}
