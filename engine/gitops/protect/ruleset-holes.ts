import type { Ruleset } from '../github/rulesets.ts'
import type { Hole } from './hole.ts'
import type { RequiredCheck } from './wanted-ruleset.ts'

const REMEDY = 'run `alcada protect`'

/**
 * What the rules of a branch leave open. A rule counts only where it is enforced, on this branch, for everybody: of a
 * ruleset that somebody may go round none does.
 */
export function rulesetHoles(rulesets: readonly Ruleset[], branch: string, check: RequiredCheck): Hole[] {
  const covering = rulesets.filter((ruleset) => covers(ruleset, branch))
  const active = covering.filter(({ enforcement }) => enforcement === 'active')
  const strict = active.filter(({ bypass }) => bypass !== null && bypass.length === 0)
  const has = (wanted: Wanted): boolean => holds(strict, wanted, check)
  const weak = active.filter(
    (ruleset) => !strict.includes(ruleset) && WANTED.some((one) => holds([ruleset], one, check)),
  )
  return [
    ...covering.filter((ruleset) => !active.includes(ruleset)).map(notEnforced),
    ...weak.map(goneRound),
    ...WANTED.filter((wanted) => !has(wanted)).map(({ code, message }) => ({
      code,
      message: message(branch, check),
      help: REMEDY,
    })),
  ]
}

function covers({ target, include, exclude }: Ruleset, branch: string): boolean {
  const names = (pattern: string): boolean => ['~ALL', '~DEFAULT_BRANCH', `refs/heads/${branch}`].includes(pattern)
  // A pattern of another kind is taken for no cover, and in a list of exceptions for one.
  return target === 'branch' && include.some(names) && exclude.length === 0
}

function notEnforced({ name, enforcement }: Ruleset): Hole {
  const message = `ruleset \`${name}\` is \`${enforcement}\`: it stops nobody`
  return { code: 'RULESET_NOT_ENFORCED', message, help: 'set it to active, or delete it' }
}

function goneRound({ name, bypass }: Ruleset): Hole {
  if (bypass === null) {
    const message = `this token is not told who may go round ruleset \`${name}\``
    return { code: 'BYPASS_UNSEEN', message, help: 'run it with a token of an administrator (Administration: read)' }
  }
  const message = `ruleset \`${name}\` lets ${bypass.join(', ')} go round it`
  return { code: 'BYPASS', message, help: `take them off its list, or ${REMEDY}` }
}

interface Wanted {
  code: string
  message(branch: string, check: RequiredCheck): string
  type: string
  holds(parameters: Readonly<Record<string, unknown>>, check: RequiredCheck): boolean
}

const always = (): boolean => true

const WANTED: readonly Wanted[] = [
  { code: 'DELETION_ALLOWED', type: 'deletion', holds: always, message: (branch) => `\`${branch}\` may be deleted` },
  {
    code: 'FORCE_PUSH_ALLOWED',
    type: 'non_fast_forward',
    holds: always,
    message: (branch) => `the history of \`${branch}\` may be overwritten`,
  },
  {
    code: 'PULL_REQUEST_NOT_REQUIRED',
    type: 'pull_request',
    holds: always,
    message: (branch) => `whoever may write may push to \`${branch}\` without a pull request`,
  },
  {
    code: 'SELF_APPROVAL',
    type: 'pull_request',
    holds: (asked) => Number(asked['required_approving_review_count']) >= 1,
    message: () => 'a pull request may be merged without the approval of anybody but its author',
  },
  {
    code: 'LAST_PUSH_SELF_APPROVED',
    type: 'pull_request',
    holds: (asked) => asked['require_last_push_approval'] === true,
    message: () => 'an approver may push to a pull request and approve their own push',
  },
  {
    code: 'STALE_APPROVALS_COUNT',
    type: 'pull_request',
    holds: (asked) => asked['dismiss_stale_reviews_on_push'] === true,
    message: () => 'an approval still counts for commits that came after it',
  },
  {
    code: 'CODE_OWNERS_NOT_ASKED',
    type: 'pull_request',
    holds: (asked) => asked['require_code_owner_review'] === true,
    message: () => 'nobody of CODEOWNERS has to approve',
  },
  {
    code: 'CHECK_NOT_REQUIRED',
    type: 'required_status_checks',
    holds: (asked, { name }) => checksIn(asked).some(({ context }) => context === name),
    message: (_, { name }) => `a pull request may be merged while the check \`${name}\` is red or missing`,
  },
  {
    code: 'CHECK_FROM_ANYWHERE',
    type: 'required_status_checks',
    holds: (asked, { name, app }) =>
      checksIn(asked).some(({ context, integration_id: by }) => context === name && by === app),
    message: (_, { name }) => `whoever may write may report the check \`${name}\` green: it is not tied to its app`,
  },
  {
    code: 'CHECK_OF_OLD_BASE',
    type: 'required_status_checks',
    holds: (asked) => asked['strict_required_status_checks_policy'] === true,
    message: (branch) => `a check still counts after \`${branch}\` moved on: what is merged was never checked`,
  },
]

function holds(rulesets: readonly Ruleset[], wanted: Wanted, check: RequiredCheck): boolean {
  return rulesets.some(({ rules }) =>
    rules.some(({ type, parameters }) => type === wanted.type && wanted.holds(parameters, check)),
  )
}

function checksIn(asked: Readonly<Record<string, unknown>>): { context: unknown; integration_id: unknown }[] {
  const list = asked['required_status_checks']
  if (!Array.isArray(list)) return []
  return list.map((one: unknown) => {
    const of = (name: string): unknown => (typeof one === 'object' && one !== null ? Reflect.get(one, name) : undefined)
    return { context: of('context'), integration_id: of('integration_id') }
  })
}
