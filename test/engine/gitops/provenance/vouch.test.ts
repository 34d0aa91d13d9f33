import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JudgedChange } from '../../../../engine/gitops/provenance/base-engine.ts'
import { mergesBetween } from '../../../../engine/gitops/provenance/merges.ts'
import { type Vouched, vouchFor } from '../../../../engine/gitops/provenance/vouch.ts'
import type { RiskClass } from '../../../../engine/gitops/risk/risk.ts'
import { type House, type Proposal, startHouse } from '../../../helpers/gitops/house.ts'

let house: House
beforeAll(async () => {
  house = await startHouse({ files: null })
})
afterAll(() => house.stop())

const judgedAs = (risk: RiskClass, findings: JudgedChange['findings'] = []): JudgedChange => ({
  findings,
  risk: { class: risk, reasons: [] },
})

interface Merged {
  login?: string
  risk?: RiskClass
  findings?: JudgedChange['findings']
  before?(proposal: Proposal): Promise<unknown>
}

let branch = 0

/** A change that goes its way up to main, and what is said of it afterwards. */
async function outcome({ login = 'ana', risk = 'narrowing', findings, before }: Merged): Promise<Vouched | string> {
  const { runner, toMain, as } = house
  await toMain(runner)
  const since = await runner.git('rev-parse', 'HEAD')
  const proposal = await house.propose(login, `b${++branch}`, { 'a.txt': `${branch}\n` })
  await before?.(proposal)
  await proposal.merge('squash')
  await toMain(runner)
  const head = await runner.git('rev-parse', 'HEAD')
  const github = as('github-actions[bot]')
  const remote = house.remote('github-actions[bot]')
  const [merge] = await mergesBetween({ root: runner.folder, github, remote, branch: 'main', since, head })
  if (merge === undefined) throw new Error('expected a merge')
  const check = { names: ['check'], app: 'github-actions' }
  return vouchFor(merge, { root: runner.folder, github, check, judged: judgedAs(risk, findings) }).catch(
    (error: unknown) =>
      String(error instanceof Error ? error.message : error)
        .replace(/^#\d+/, '#N')
        .replaceAll(/`[0-9a-f]{7}`/g, '`sha`'),
  )
}

const green = (proposal: Proposal): Promise<void> => proposal.checked()
const good = (by: string) => async (proposal: Proposal) => {
  await green(proposal)
  await proposal.approve(by)
}

/** A review by the author, put where GitHub keeps reviews. */
function approvedByItself({ number, head }: Proposal, login: string): void {
  const pull = house.stand.repo('acme/policies').pulls.find((one) => one.number === number)
  const review = {
    id: 9_000 + number,
    by: house.stand.account(login),
    state: 'APPROVED',
    body: '',
    commit: head,
  } as const
  pull?.reviews.push({ ...review, at: house.stand.world.now() })
}

test('what was approved by somebody else on the merged head, and was green there, is vouched for', async () => {
  expect(await outcome({ before: good('bruno') })).toEqual({
    pull_request: expect.any(Number),
    author: 'ana',
    approvers: ['bruno'],
    check_run: expect.any(Number),
    risk: 'narrowing',
  })
})

describe('is refused', () => {
  test.each<[string, Merged, string]>([
    [
      'without any approval',
      { before: green },
      '#N: it is of risk narrowing, and needs the approval of somebody of the approvers who is not its author: bruno or carla',
    ],
    [
      'with the approval of somebody who is not listed',
      { before: good('dora') },
      '#N: it is of risk narrowing, and needs the approval of somebody of the approvers who is not its author: bruno or carla',
    ],
    [
      'when it widens and nobody of the second group approved it',
      { risk: 'widening', before: good('bruno') },
      '#N: it is of risk widening, and needs the approval of somebody of the second group who is not its author: carla',
    ],
    [
      'when its author stands in the list, and nobody else has approved it, whatever is stored of them',
      {
        before: async (proposal) => {
          await green(proposal)
          // GitHub refuses it as a review of one's own; that alone is not relied on.
          await expect(proposal.approve('ana')).rejects.toThrow('Can not approve your own pull request')
          approvedByItself(proposal, 'ana')
        },
      },
      '#N: it is of risk narrowing, and needs the approval of somebody of the approvers who is not its author: bruno or carla',
    ],
    [
      'when it widens and its author is the second group',
      {
        login: 'carla',
        risk: 'widening',
        before: async (proposal) => {
          await good('bruno')(proposal)
          approvedByItself(proposal, 'carla')
        },
      },
      '#N: it is of risk widening, and needs the approval of somebody of the second group who is not its author, and nobody is listed there',
    ],
    [
      'when a commit came after the approval',
      {
        before: async (proposal) => {
          await proposal.approve('bruno')
          await proposal.more({ 'b.txt': 'unseen\n' })
          await green(proposal)
        },
      },
      '#N: it is of risk narrowing, and bruno approved an earlier commit: `sha` was not looked at'.replaceAll(
        '`sha`',
        'SHA',
      ),
    ],
    [
      'when whoever approved it has written a part of it',
      {
        before: async (proposal) => {
          await proposal.clone.git('config', 'user.name', 'bruno')
          const as = ['-c', 'user.email=bruno@example.test', '-c', 'user.name=bruno']
          await proposal.clone.git(
            ...as,
            'commit',
            '--quiet',
            '--allow-empty',
            '--amend',
            '--no-edit',
            '--author=bruno <bruno@example.test>',
          )
          await proposal.clone.git('push', '--quiet', '--force', 'origin', proposal.branch)
          const head = await proposal.clone.git('rev-parse', 'HEAD')
          const { octokit, at } = house.as('bruno')
          await octokit.rest.pulls.createReview({
            ...at,
            pull_number: proposal.number,
            event: 'APPROVE',
            commit_id: head,
          })
        },
      },
      '#N: it is of risk narrowing, and needs the approval of somebody of the approvers who is not its author: carla',
    ],
    [
      'when the check was red on the merged head',
      {
        before: async (proposal) => {
          await proposal.checked('failure')
          await proposal.approve('bruno')
        },
      },
      '#N: the check `check` of github-actions was not green on `sha`',
    ],
    [
      'when the check was green only on an earlier commit',
      {
        before: async (proposal) => {
          await green(proposal)
          await proposal.more({ 'b.txt': `${branch}\n` })
          await proposal.approve('bruno')
        },
      },
      '#N: the check `check` of github-actions was not green on `sha`',
    ],
    [
      'when somebody else than the app says that the check was green',
      {
        before: async (proposal) => {
          const { octokit, at } = house.as('dora')
          await octokit.rest.repos.createCommitStatus({ ...at, sha: proposal.head, state: 'success', context: 'check' })
          await proposal.approve('bruno')
        },
      },
      '#N: the check `check` of github-actions was not green on `sha`',
    ],
    [
      'when the gate of the commit before it finds an error',
      {
        findings: [
          { code: 'ROLE_UNKNOWN', severity: 'error', file: 'policies/omie/rbac.yaml', line: 3, message: 'role `x`' },
        ],
        before: good('bruno'),
      },
      '#N: the gate of `sha` finds ROLE_UNKNOWN policies/omie/rbac.yaml:3: role `x`; propose what mends it',
    ],
  ])('%s', async (_why, change, message) => {
    const said = await outcome(change)
    expect(typeof said === 'string' ? said.replace(/: [0-9a-f]{7} was not/, ': SHA was not') : said).toBe(message)
  })

  test('while fewer than two people are listed, and by the list of the commit before: nobody lists themselves', async () => {
    const lonely = { '.github/approvers.yaml': 'approvers:\n  first: []\n  second: [carla]\n' }
    const listing = async (proposal: Proposal): Promise<void> => {
      await proposal.more(lonely)
      await good('carla')(proposal)
    }
    // The change of the list itself is judged by the list before it.
    expect(await outcome({ risk: 'code', before: listing })).toMatchObject({ approvers: ['carla'], risk: 'code' })
    expect(await outcome({ before: good('carla') })).toBe(
      '.github/approvers.yaml lists one person at `sha`: the smallest team is an author and one approver; list two',
    )
  })
})
