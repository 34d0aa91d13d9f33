import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasErrors } from '../compile/project.ts'
import { getRepository } from '../gitops/github/repository.ts'
import { CODEOWNERS_FILE, codeOwnersText } from '../gitops/protect/code-owners.ts'
import { diagnose } from '../gitops/protect/doctor.ts'
import type { Hole } from '../gitops/protect/hole.ts'
import { type Protected, protect as protectBranch, requiredCheck } from '../gitops/protect/protect.ts'
import { peopleIn } from '../gitops/risk/owners.ts'
import { formatFindings } from '../report/findings.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { githubOf, needToken } from './github.ts'

export interface ProtectOptions {
  root: string
  /** Name of the required check, and the app that has to run it. */
  check: string
  app: string
  /** Only says what is open. */
  dryRun: boolean
  format: 'text' | 'json'
  environment: Environment
}

/** `alcada protect`: the rules of the default branch, made or set right; exit 3 when something is open still. */
export async function protect(options: ProtectOptions): Promise<ExitCode> {
  const { root, check, app, dryRun, format, environment } = options
  needToken(environment)
  const github = await githubOf(root, environment)
  const { defaultBranch: branch } = await getRepository(github)
  const required = await requiredCheck(github, check, app)
  const done = await protectBranch(github, { branch, check: required, write: !dryRun })
  process.stdout.write(format === 'json' ? `${JSON.stringify(done)}\n` : told(done, branch))
  return done.open.length > 0 ? EXIT.person : EXIT.done
}

/** `alcada protect --codeowners`: writes CODEOWNERS of this project from its approvers and owners. Asks GitHub nothing. */
export async function writeCodeOwners({ root }: { root: string }): Promise<ExitCode> {
  const { groups, owners, findings } = await peopleIn(root)
  if (hasErrors(findings)) {
    process.stdout.write(formatFindings(findings, 'text'))
    return EXIT.person
  }
  await writeFile(join(root, CODEOWNERS_FILE), codeOwnersText(groups, owners))
  process.stdout.write(`wrote ${CODEOWNERS_FILE}: \`alcada propose\` brings it to GitHub\n`)
  return EXIT.done
}

/** `alcada doctor`: every hole, and what the plan lacks; exit 3 when there is one. */
export async function doctor({
  root,
  check,
  app,
  format,
  environment,
}: Omit<ProtectOptions, 'dryRun'>): Promise<ExitCode> {
  needToken(environment)
  const github = await githubOf(root, environment)
  const found = await diagnose(github, { check, app })
  if (format === 'json') process.stdout.write(`${JSON.stringify(found)}\n`)
  else {
    const { repository, branch, holes, notes } = found
    const end =
      holes.length === 0
        ? `no holes in ${repository} (${branch})\n`
        : `${counted(holes.length)} in ${repository} (${branch})\n`
    process.stdout.write(`${holes.map(holeText).join('')}${notes.map((note) => `note: ${note}\n`).join('')}${end}`)
  }
  return found.holes.length > 0 ? EXIT.person : EXIT.done
}

function told({ done, closed, open }: Protected, branch: string): string {
  const head = done === 'nothing' ? '' : `${done} the ruleset \`alcada\` on ${branch}\n`
  const shut = closed.map(({ message }) => `closed: ${message}\n`).join('')
  const end = open.length === 0 ? `${branch} is protected\n` : `${counted(open.length)} open\n`
  return `${head}${shut}${open.map(holeText).join('')}${end}`
}

function holeText({ code, message, help }: Hole): string {
  return `${code}\n  ${message}\n  help: ${help}\n`
}

function counted(count: number): string {
  return `${count} hole${count === 1 ? '' : 's'}`
}
