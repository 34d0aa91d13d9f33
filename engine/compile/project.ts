import { type Finding, sortFindings } from '../contract/finding.ts'
import { loadTree } from '../load/load.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { validateTree } from '../validate/validate.ts'
import type { CompiledErp, CompileOptions, PolicyCompiler } from './compile.ts'
import type { ParityReport } from './parity/parity.ts'

/** What erps/ and policies/ come to. */
export interface Checked {
  /** Every finding of every stage, sorted. */
  findings: Finding[]
  /** Those whose files have no error, whatever their policy comes to; by name. */
  erps: Readonly<Record<string, CheckedErp>>
  /** Those that may be published: compiled without an error. */
  compiled: CompiledErp[]
  /** Path → text of what was read, for code frames. */
  sources: Readonly<Record<string, string>>
  /** What the interpreter and the shipped module were both asked, for each ERP where they were. */
  parity: ParityReport[]
  /** Names of the ERPs that were looked at. */
  names: string[]
}

/** load → validate → compile and prove. Every finding of every ERP at once; what has one is not in `compiled`. */
export async function checkProject(
  root: string,
  erps: readonly string[],
  compiler: PolicyCompiler,
  options: CompileOptions = {},
): Promise<Checked> {
  const loaded = await loadTree(root, erps.length === 0 ? undefined : erps)
  const checked = validateTree(loaded.tree)
  const findings = [...loaded.findings, ...checked.findings]
  const compiled: CompiledErp[] = []
  const parity: ParityReport[] = []
  for (const erp of Object.values(checked.erps)) {
    const made = await compiler.compileErp(erp, options)
    findings.push(...made.findings)
    if (made.parity !== null) parity.push(made.parity)
    if (!hasErrors(made.findings)) compiled.push(made)
  }
  return {
    findings: sortFindings(findings),
    erps: checked.erps,
    compiled,
    parity,
    sources: loaded.tree.texts,
    names: Object.keys(loaded.tree.erps),
  }
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error')
}
