import { checksOf } from '../github/checks.ts'
import type { GitHub } from '../github/client.ts'
import type { Pull } from '../github/pulls.ts'
import { APPROVERS_FILE, type ApproverGroups, approversAt } from '../risk/approvers.ts'
import type { RiskClass } from '../risk/risk.ts'
import { approversOf } from './approvals.ts'
import type { JudgedChange } from './base-engine.ts'
import type { Merge } from './merges.ts'
import { Refusal, refusedPull } from './refusal.ts'

/** How a change came to main: what a bundle's signature says of it. */
export interface Vouched {
  pull_request: number
  author: string
  approvers: string[]
  check_run: number
  risk: RiskClass
}

/** Names of the required checks, at least one, and of the app that runs them. */
export interface RequiredChecks {
  names: readonly string[]
  app: string
}

export interface VouchOptions {
  root: string
  github: GitHub
  check: RequiredChecks
  judged: JudgedChange
}

/**
 * Whether a merged change was judged good, checked, and approved on exactly the merged head by whom its risk needs:
 * asked of GitHub and of the commit before it, never of what the change says of itself.
 * @throws Refusal GATE_RED, TOO_FEW_PEOPLE, CHECK_MISSING, NOT_APPROVED
 */
export async function vouchFor(merge: Merge, { root, github, check, judged }: VouchOptions): Promise<Vouched> {
  checkFindings(merge, judged)
  const risk = judged.risk.class
  const groups = await groupsAt(root, merge.before)
  const { author, approvers } = await approversOf(merge.pull, { github, groups, risk })
  const check_run = await checkRunOf(merge.pull, github, check)
  return { pull_request: merge.pull.number, author, approvers, check_run, risk }
}

/** Of the first one; each of them has to be green on the merged head. */
async function checkRunOf({ number, head }: Pull, github: GitHub, { names, app }: RequiredChecks): Promise<number> {
  const found = await checksOf(github, head.sha)
  const ids = names.map((name) => {
    const run = found.find((one) => one.name === name && one.app?.slug === app && one.state === 'success')
    if (run !== undefined && run.id !== null) return run.id
    const where = head.sha.slice(0, 7)
    throw refusedPull(number, 'CHECK_MISSING', `the check \`${name}\` of ${app} was not green on \`${where}\``)
  })
  return ids[0] ?? 0
}

function checkFindings({ pull, before }: Merge, { findings }: JudgedChange): void {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (first === undefined) return
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const { code, file, line, message } = first
  throw refusedPull(
    pull.number,
    'GATE_RED',
    `the gate of \`${before.slice(0, 7)}\` finds ${code} ${file}:${line}: ${message}${more}; propose what mends it`,
  )
}

async function groupsAt(root: string, commit: string): Promise<ApproverGroups> {
  const { groups } = await approversAt(root, commit)
  const people = new Set([...groups.first, ...groups.second])
  if (people.size >= 2) return groups
  throw new Refusal(
    'TOO_FEW_PEOPLE',
    `${APPROVERS_FILE} lists ${people.size === 1 ? 'one person' : 'nobody'} at \`${commit.slice(0, 7)}\`: the smallest team is an author and one approver; list two`,
  )
}
