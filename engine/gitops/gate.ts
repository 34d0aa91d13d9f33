import { openPolicyCompiler } from '../compile/compile.ts'
import type { ParityReport } from '../compile/parity/parity.ts'
import { checkProject, hasErrors } from '../compile/project.ts'
import { type Finding, sortFindings } from '../contract/finding.ts'
import { changedPaths } from './changed-paths.ts'
import { compareTrees } from './compare-trees.ts'
import { type AccessDiff, DiffError } from './diff/diff.ts'
import { approversIn } from './risk/approvers.ts'
import { type Risk, riskOf } from './risk/risk.ts'
import { commitOf } from './tree-at.ts'

/** What a change comes to: the one thing that CI asks, and that a reviewer reads. */
export interface Verdict {
  /** Sorted. An error among them stops the change, whoever approves it. */
  findings: Finding[]
  diff: AccessDiff
  risk: Risk
}

export interface GateOptions {
  /** The project, whose working tree is judged. */
  root: string
  /** What it is compared with: anything git resolves to a commit. */
  ref: string
  /** Default: all. */
  erps?: readonly string[]
  /** Path of the OPA binary. */
  opa: string
}

export interface Gated {
  verdict: Verdict
  /** Full name of the commit that was compared with. */
  base: string
  /** Path → text of what was read, for code frames. */
  sources: Readonly<Record<string, string>>
  /** What the interpreter and the shipped module were both asked, for each ERP where they were. */
  parity: ParityReport[]
}

/**
 * Judges the working tree against a commit: findings, what anybody may do other than before, and the risk class.
 * @throws RefError when the ref names no commit
 */
export async function runGate({ root, ref, erps, opa }: GateOptions): Promise<Gated> {
  const base = await commitOf(root, ref)
  const compiler = await openPolicyCompiler({ compiler: opa })
  try {
    const { findings, sources, parity } = await checkProject(root, erps ?? [], compiler)
    const approvers = await approversIn(root)
    const all = sortFindings([...findings, ...approvers.findings])
    const diff = await comparison({ root, ref: base, opa, ...(erps === undefined ? {} : { erps }) }, all)
    const risk = riskOf(await changedPaths(root, base), diff)
    return { verdict: { findings: all, diff, risk }, base, sources, parity }
  } finally {
    await compiler.close()
  }
}

/** What needs a person, however good it may be: a finding that is an error, or somebody may do more than before. */
export function needsPerson({ findings, diff }: Verdict): boolean {
  return hasErrors(findings) || diff.wider.length > 0
}

async function comparison(options: GateOptions, findings: readonly Finding[]): Promise<AccessDiff> {
  if (hasErrors(findings)) return uncompared('nothing was compared: the working tree has findings')
  return compareTrees(options).catch((error: unknown) => {
    if (error instanceof DiffError) return uncompared(error.message)
    throw error
  })
}

function uncompared(sentence: string): AccessDiff {
  const unreached = [{ erp: '', tool: '', sentence, harmless: false }]
  return { wider: [], narrower: [], obligations: [], unreached, catalogue: [], contexts: 0 }
}
