import { hasErrors } from '../compile/project.ts'
import { runGate } from '../gitops/gate.ts'
import { type Proposal, propose as proposeChange } from '../gitops/propose/propose.ts'
import { parseSetting } from '../gitops/propose/set-value.ts'
import { formatVerdict } from '../report/verdict.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { githubOf, needToken, remoteOf } from './github.ts'
import { impactFrom } from './impact-from.ts'

export interface ProposeVerbOptions {
  root: string
  message: string
  set: readonly string[]
  branch?: string
  log: readonly string[]
  dryRun: boolean
  format: 'text' | 'json'
  environment: Environment
}

/** `alcada propose`: the change as a pull request, with what it does; exit 3 with findings, and then nothing is pushed. */
export async function propose(options: ProposeVerbOptions): Promise<ExitCode> {
  const { root, message, set, branch, log, dryRun, format, environment } = options
  if (message.trim() === '') {
    process.stderr.write('alcada: expected -m to say in a line what the change is, and below it why\n')
    return EXIT.usage
  }
  if (!dryRun) needToken(environment)
  const github = await githubOf(root, environment)
  const opa = await bringCompiler(environment)
  const done = await proposeChange({
    ...{ project: root, message, settings: set.map(parseSetting), branch, github, dryRun },
    judge: (project, ref) => runGate({ root: project, ref, opa }),
    remote: remoteOf(github, environment),
    impact: impactFrom(log, opa),
    onProgress: (line) => void process.stderr.write(`${line}\n`),
  })
  process.stdout.write(format === 'json' ? `${JSON.stringify(plain(done))}\n` : told(done, dryRun, environment))
  return hasErrors(done.gated.verdict.findings) ? EXIT.person : EXIT.done
}

function told(done: Proposal, dryRun: boolean, { colour }: Environment): string {
  const { branch, pushed, pull, updated, gated, title, body, leftOut } = done
  const { verdict, sources } = gated
  if (hasErrors(verdict.findings)) {
    return `${formatVerdict(verdict, 'text', { colour, sources })}nothing was pushed: mend the errors and propose again\n`
  }
  const left = leftOut.length === 0 ? '' : `not in it, since git does not know them: ${leftOut.join(', ')}\n`
  if (dryRun) return `would push to \`${branch}\` and open \`${title}\`:\n\n${body}\n${left}`
  const what = pushed === null ? `${branch} holds this already` : `pushed ${pushed.slice(0, 7)} to ${branch}`
  return `${what}\n${updated ? 'updated' : 'opened'} ${pull?.url}\nrisk: ${verdict.risk.class}\n${left}`
}

function plain({ branch, pushed, pull, updated, gated, title, body, leftOut }: Proposal): object {
  const { number = null, url = null } = pull ?? {}
  return { branch, commit: pushed, pull: number, url, updated, title, body, left_out: leftOut, ...gated.verdict }
}
