import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type GitHub, openGitHub } from '../../../../engine/gitops/github/client.ts'
import { createPull } from '../../../../engine/gitops/github/pulls.ts'
import { codeOwnersText } from '../../../../engine/gitops/protect/code-owners.ts'
import { diagnose } from '../../../../engine/gitops/protect/doctor.ts'
import { type Protected, protect, requiredCheck } from '../../../../engine/gitops/protect/protect.ts'
import { cloneAs, seedRepo } from '../../../helpers/github/clone.ts'
import { ACTIONS_APP, type GitHubStandIn, startGitHub } from '../../../helpers/github/stand-in.ts'
import type { Repo } from '../../../helpers/github/world.ts'

let stand: GitHubStandIn
let repo: Repo
const REPO = 'acme/policies'
const TEAM = { first: [], second: ['author', 'approver'] }
const CHECK = { check: 'check', app: 'github-actions' }

beforeAll(async () => {
  stand = await startGitHub()
  repo = await stand.addRepo(REPO, { rights: { author: 'write', approver: 'write', owner: 'admin' } })
  await seedRepo(stand, REPO, {
    files: {
      'policies/omie/rbac.yaml': 'rbac: {}\n',
      '.github/approvers.yaml': 'approvers:\n  first: []\n  second: [Author, approver]\n',
      '.github/CODEOWNERS': codeOwnersText(TEAM, {}),
    },
  })
})
afterAll(() => stand.stop())
beforeEach(() => {
  repo.rulesets = []
  repo.actionsMayApprove = false
})

function as(login: string, repository = REPO): GitHub {
  return openGitHub({ apiUrl: stand.apiUrl, token: stand.account(login).token, repository })
}
const codes = async (login = 'owner', repository = REPO): Promise<string[]> =>
  (await diagnose(as(login, repository), CHECK)).holes.map(({ code }) => code)
const protecting = async (write = true): Promise<Protected> =>
  protect(as('owner'), { branch: 'main', check: await requiredCheck(as('owner'), 'check', 'github-actions'), write })

const ALL = [
  'DELETION_ALLOWED',
  'FORCE_PUSH_ALLOWED',
  'PULL_REQUEST_NOT_REQUIRED',
  'SELF_APPROVAL',
  'LAST_PUSH_SELF_APPROVED',
  'STALE_APPROVALS_COUNT',
  'CODE_OWNERS_NOT_ASKED',
  'CHECK_NOT_REQUIRED',
  'CHECK_FROM_ANYWHERE',
  'CHECK_OF_OLD_BASE',
]

describe('protect', () => {
  test('makes the ruleset once, and doctor then finds no hole', async () => {
    expect(await codes()).toEqual(ALL)
    const first = await protecting()
    expect([first.done, first.closed.map(({ code }) => code), first.open]).toEqual(['created', ALL, []])
    expect(repo.rulesets[0]).toMatchObject({ name: 'alcada', enforcement: 'active', bypass_actors: [] })
    expect(await protecting()).toEqual({ done: 'nothing', closed: [], open: [] })
    expect(repo.rulesets).toHaveLength(1)
    expect(await codes()).toEqual([])
  })

  test('only says what is open when it is to write nothing', async () => {
    const { done, open } = await protecting(false)
    expect([done, open.map(({ code }) => code), repo.rulesets]).toEqual(['nothing', ALL, []])
  })

  test('a user who is no administrator is told so', async () => {
    const asked = protect(as('author'), { branch: 'main', check: { name: 'check', app: ACTIONS_APP.id }, write: true })
    await expect(asked).rejects.toMatchObject({ code: 'GITHUB_NO_RIGHTS' })
  })
})

describe('each weakening of the ruleset is a hole of its own, and protect closes it', () => {
  const rule = (type: string): Record<string, unknown> =>
    repo.rulesets[0]?.rules.find((one) => one.type === type)?.parameters ?? {}
  const drop = (type: string): void => {
    repo.rulesets[0]!.rules = repo.rulesets[0]!.rules.filter((one) => one.type !== type)
  }
  test.each<[string, () => void, string[]]>([
    ['deletion', () => drop('deletion'), ['DELETION_ALLOWED']],
    ['force push', () => drop('non_fast_forward'), ['FORCE_PUSH_ALLOWED']],
    ['no pull request', () => drop('pull_request'), ALL.slice(2, 7)],
    [
      'no approval',
      () => Object.assign(rule('pull_request'), { required_approving_review_count: 0 }),
      ['SELF_APPROVAL'],
    ],
    [
      'own last push',
      () => Object.assign(rule('pull_request'), { require_last_push_approval: false }),
      ['LAST_PUSH_SELF_APPROVED'],
    ],
    [
      'stale approvals',
      () => Object.assign(rule('pull_request'), { dismiss_stale_reviews_on_push: false }),
      ['STALE_APPROVALS_COUNT'],
    ],
    [
      'no code owners',
      () => Object.assign(rule('pull_request'), { require_code_owner_review: false }),
      ['CODE_OWNERS_NOT_ASKED'],
    ],
    ['no check', () => drop('required_status_checks'), ALL.slice(7)],
    [
      'another check',
      () =>
        Object.assign(rule('required_status_checks'), {
          required_status_checks: [{ context: 'lint', integration_id: ACTIONS_APP.id }],
        }),
      ['CHECK_NOT_REQUIRED', 'CHECK_FROM_ANYWHERE'],
    ],
    [
      'any app',
      () => Object.assign(rule('required_status_checks'), { required_status_checks: [{ context: 'check' }] }),
      ['CHECK_FROM_ANYWHERE'],
    ],
    [
      'the wrong app',
      () =>
        Object.assign(rule('required_status_checks'), {
          required_status_checks: [{ context: 'check', integration_id: 1 }],
        }),
      ['CHECK_FROM_ANYWHERE'],
    ],
    [
      'old base',
      () => Object.assign(rule('required_status_checks'), { strict_required_status_checks_policy: false }),
      ['CHECK_OF_OLD_BASE'],
    ],
    [
      'administrators go round',
      () =>
        Object.assign(repo.rulesets[0]!, {
          bypass_actors: [{ actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' }],
        }),
      ['BYPASS', ...ALL],
    ],
    [
      'only evaluated',
      () => Object.assign(repo.rulesets[0]!, { enforcement: 'evaluate' }),
      ['RULESET_NOT_ENFORCED', ...ALL],
    ],
    [
      'another branch',
      () =>
        Object.assign(repo.rulesets[0]!, { conditions: { ref_name: { include: ['refs/heads/next'], exclude: [] } } }),
      ALL,
    ],
    [
      'an exception',
      () =>
        Object.assign(repo.rulesets[0]!, {
          conditions: { ref_name: { include: ['~ALL'], exclude: ['refs/heads/main'] } },
        }),
      ALL,
    ],
  ])('%s', async (_, weaken, holes) => {
    await protecting()
    weaken()
    expect(await codes()).toEqual(holes)
    expect(await protecting()).toMatchObject({ done: 'updated', open: [] })
    expect(await codes()).toEqual([])
  })

  test('who may go round it is not told to everybody, and what is not seen is a hole', async () => {
    await protecting()
    expect(await codes('author')).toEqual(['BYPASS_UNSEEN', ...ALL, 'WORKFLOWS_UNSEEN'])
  })
})

describe('doctor', () => {
  test('names workflows that may approve', async () => {
    await protecting()
    repo.actionsMayApprove = true
    expect(await codes()).toEqual(['WORKFLOWS_MAY_APPROVE'])
  })

  test('names what a free plan lacks for a private repository, and what does not depend on it', async () => {
    await stand.addRepo('acme/free', { private: true, plan: 'free', rights: { owner: 'admin' } })
    await seedRepo(stand, 'acme/free', { files: { 'README.md': 'x\n' } })
    const { holes, notes } = await diagnose(as('owner', 'acme/free'), CHECK)
    expect(holes.map(({ code }) => code)).toEqual(['PLAN_WITHOUT_RULESETS', 'APPROVERS_MISSING'])
    expect(holes[0]?.help).toContain('take GitHub Pro or Team')
    expect(notes).toEqual([expect.stringContaining('nothing here depends on them')])
  })

  const OWNERS = 'owners:\n  - { email: a@x.example, github: Author }\n  - { email: b@x.example, github: approver }\n'
  const list = (first: string, second: string): string => `approvers:\n  first: [${first}]\n  second: [${second}]\n`
  test.each<[string, Record<string, string>, string[]]>([
    ['nobody', { '.github/approvers.yaml': list('', '') }, ['APPROVERS_TOO_FEW', 'CODEOWNERS_MISSING']],
    ['one person', { '.github/approvers.yaml': list('', 'author') }, ['APPROVERS_TOO_FEW', 'CODEOWNERS_MISSING']],
    [
      'the same person twice',
      { '.github/approvers.yaml': list('author', 'author') },
      ['APPROVERS_TOO_FEW', 'CODEOWNERS_MISSING'],
    ],
    [
      'nobody in the second group',
      { '.github/approvers.yaml': list('author, approver', '') },
      ['SECOND_GROUP_TOO_SMALL', 'CODEOWNERS_MISSING'],
    ],
    [
      'one in the second group',
      { '.github/approvers.yaml': list('author', 'approver') },
      ['SECOND_GROUP_TOO_SMALL', 'CODEOWNERS_MISSING'],
    ],
    [
      'somebody who may only read',
      { '.github/approvers.yaml': list('', 'author, approver, guest') },
      ['APPROVER_WITHOUT_RIGHTS', 'CODEOWNERS_MISSING'],
    ],
    [
      'somebody who is not there',
      { '.github/approvers.yaml': list('', 'author, approver, nobody-at-all') },
      ['APPROVER_WITHOUT_RIGHTS', 'CODEOWNERS_MISSING'],
    ],
    ['a bot', { '.github/approvers.yaml': list('', 'author, "github-actions[bot]"') }, ['APPROVER_NO_PERSON']],
    [
      'CODEOWNERS that say otherwise',
      { '.github/approvers.yaml': list('', 'author, approver'), '.github/CODEOWNERS': '* @author\n' },
      ['CODEOWNERS_STALE'],
    ],
    [
      'CODEOWNERS that leave out the owners of an ERP',
      {
        '.github/approvers.yaml': list('', 'author, approver, owner'),
        'policies/omie/owners.yaml': OWNERS,
        '.github/CODEOWNERS': codeOwnersText({ first: [], second: ['author', 'approver', 'owner'] }, {}),
      },
      ['CODEOWNERS_STALE'],
    ],
    [
      'CODEOWNERS that name the owners of an ERP',
      {
        '.github/approvers.yaml': list('', 'author, approver, owner'),
        'policies/omie/owners.yaml': OWNERS,
        '.github/CODEOWNERS': codeOwnersText(
          { first: [], second: ['author', 'approver', 'owner'] },
          { omie: ['approver', 'author'] },
        ),
      },
      [],
    ],
  ])('%s', async (name, files, holes) => {
    const repository = `acme/people-${name.replaceAll(' ', '-')}`
    const { rulesets } = await stand.addRepo(repository, {
      rights: { author: 'write', approver: 'write', guest: 'read', owner: 'admin' },
    })
    await protecting()
    rulesets.push(...repo.rulesets)
    await seedRepo(stand, repository, { files })
    expect(await codes('owner', repository)).toEqual(holes)
  })
})

test('the smallest team: one writes and the other approves, and neither can do it alone', async () => {
  await protecting()
  const clone = await cloneAs(stand, REPO, 'author')
  const commit = async (text: string): Promise<string> => {
    const sha = await clone.commit(text, { 'policies/omie/rbac.yaml': `rbac: {} # ${text}\n` })
    await clone.git('push', '--quiet', 'origin', 'HEAD:lower')
    const { rest } = as('github-actions[bot]').octokit
    await rest.checks.create({
      ...as('author').at,
      name: 'check',
      head_sha: sha,
      status: 'completed',
      conclusion: 'success',
    })
    return sha
  }
  await commit('one')
  const { number } = await createPull(as('author'), { title: 'Lower', body: '', head: 'lower', base: 'main' })
  const asked = { owner: 'acme', repo: 'policies', pull_number: number }
  const approve = (login: string): Promise<unknown> =>
    as(login).octokit.rest.pulls.createReview({ ...asked, event: 'APPROVE' })
  const merge = (login: string): Promise<{ data: { merged: boolean } }> => as(login).octokit.rest.pulls.merge(asked)

  await expect(clone.git('push', '--quiet', 'origin', 'HEAD:main')).rejects.toThrow(
    'GH013: Repository rule violations found for refs/heads/main',
  )
  await expect(merge('author')).rejects.toThrow('At least 1 approving review is required')
  await expect(approve('author')).rejects.toThrow('Can not approve your own pull request')
  await expect(approve('github-actions[bot]')).rejects.toThrow('not permitted to approve')
  await approve('approver')
  await commit('two')
  await expect(merge('author')).rejects.toThrow('At least 1 approving review is required')
  await approve('approver')
  expect((await merge('author')).data.merged).toBe(true)
  await clone.remove()
})
