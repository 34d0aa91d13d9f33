import { join } from 'node:path'
import { openPolicyCompiler } from '../compile/compile.ts'
import type { ParityReport } from '../compile/parity/parity.ts'
import { checkProject, hasErrors } from '../compile/project.ts'
import { openResultCache } from '../gitops/cache/result-cache.ts'
import { needsPerson, runGate, type Verdict } from '../gitops/gate.ts'
import { getPull } from '../gitops/github/pulls.ts'
import { approversOf } from '../gitops/provenance/approvals.ts'
import { Refusal } from '../gitops/provenance/refusal.ts'
import { approversAt } from '../gitops/risk/approvers.ts'
import { peopleIn } from '../gitops/risk/owners.ts'
import { type FindingFormat, formatFindings } from '../report/findings.ts'
import { formatVerdict } from '../report/verdict.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { githubOf } from './github.ts'
import { parityLine } from './parity-line.ts'
import { replay } from './replay.ts'
import { workplaceOf } from './workplace.ts'

export interface CheckOptions {
  root: string
  erps: readonly string[]
  /** Commit that the working tree is compared with; absent: findings alone. */
  base?: string
  /** An input that interpreter and WASM answered differently, to be asked again instead of all else. */
  replay?: string
  /** Number of the pull request that brings it: what needs the second group is good once it has approved. */
  pull?: number
  format: FindingFormat
  environment: Environment
}

/** `alcada check`: everything CI asks of a change; with `--base`, also what it lets anybody do other than before. */
export async function check(options: CheckOptions): Promise<ExitCode> {
  const { root, erps, base, format, environment } = options
  const opa = await bringCompiler(environment)
  if (options.replay !== undefined) return replay({ ...options, file: options.replay, opa })
  if (base === undefined) return findingsOnly(options, opa)
  const cache = await openResultCache({
    folder: join(workplaceOf(root).folder, 'cache', 'gate'),
    keyFile: join(environment.cacheDir, 'gate.key'),
  })
  const { verdict, sources, changed, parity } = await runGate({
    root,
    ref: base,
    opa,
    cache,
    ...(erps.length === 0 ? {} : { erps }),
  })
  tellParity(parity, format)
  process.stdout.write(formatVerdict(verdict, format, { colour: environment.colour, sources, changed }))
  if (options.pull === undefined || hasErrors(verdict.findings)) return needsPerson(verdict) ? EXIT.person : EXIT.done
  const waiting = await missingApproval(options.pull, verdict, options)
  if (waiting === null) return EXIT.done
  process.stderr.write(`alcada: ${waiting}\n`)
  return EXIT.person
}

/** Why a change that needs the second group has to wait for it; null when it need not, or has what it needs. */
async function missingApproval(
  number: number,
  { risk }: Verdict,
  { root, base = 'HEAD', environment }: CheckOptions,
): Promise<string | null> {
  if (!risk.second_group) return null
  const github = await githubOf(root, environment)
  const { groups } = await approversAt(root, base)
  try {
    await approversOf(await getPull(github, number), { github, groups, risk: risk.class })
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

/** On standard error, so that the report is the only thing on standard output. */
function tellParity(parity: readonly ParityReport[], format: FindingFormat): void {
  if (format === 'text') process.stderr.write(parity.map(parityLine).join(''))
}

async function findingsOnly({ root, erps, format, environment }: CheckOptions, opa: string): Promise<ExitCode> {
  const compiler = await openPolicyCompiler({ compiler: opa })
  try {
    const checked = await checkProject(root, erps, compiler)
    const findings = [...checked.findings, ...(await peopleIn(root)).findings]
    tellParity(checked.parity, format)
    process.stdout.write(formatFindings(findings, format, { colour: environment.colour, sources: checked.sources }))
    return hasErrors(findings) ? EXIT.person : EXIT.done
  } finally {
    await compiler.close()
  }
}
