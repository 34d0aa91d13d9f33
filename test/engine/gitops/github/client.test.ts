import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checksOf } from '../../../../engine/gitops/github/checks.ts'
import { type GitHub, openGitHub } from '../../../../engine/gitops/github/client.ts'
import { commentsOf, stickyComment } from '../../../../engine/gitops/github/comments.ts'
import {
  addLabels,
  createIssue,
  openIssues,
  removeLabel,
  updateIssue,
} from '../../../../engine/gitops/github/issues.ts'
import {
  commitsOf,
  createPull,
  filesOf,
  getPull,
  openPullsOf,
  pullsOfCommit,
  reviewsOf,
  updatePull,
} from '../../../../engine/gitops/github/pulls.ts'
import {
  branchHead,
  commitAt,
  fileAt,
  getRepository,
  ownLogin,
  permissionOf,
} from '../../../../engine/gitops/github/repository.ts'
import { createRuleset, rulesetsOf } from '../../../../engine/gitops/github/rulesets.ts'
import { type Clone, cloneAs, seedRepo } from '../../../helpers/github/clone.ts'
import { type GitHubStandIn, startGitHub } from '../../../helpers/github/stand-in.ts'

let stand: GitHubStandIn
let clone: Clone
let began: string
const REPO = 'acme/policies'

beforeAll(async () => {
  stand = await startGitHub()
  await stand.addRepo(REPO, { rights: { author: 'write', approver: 'write', owner: 'admin', guest: 'read' } })
  began = await seedRepo(stand, REPO, {
    files: { 'policies/omie/rbac.yaml': 'rbac: {}\n', '.github/CODEOWNERS': '* @approver @ghost\n' },
  })
  clone = await cloneAs(stand, REPO, 'author')
})
afterAll(async () => {
  await clone.remove()
  await stand.stop()
})

/** The repository as somebody sees it. */
function as(login: string): GitHub {
  return openGitHub({ apiUrl: stand.apiUrl, token: stand.account(login).token, repository: REPO })
}

/** A branch with one more commit, pushed. */
async function pushed(branch: string, text = 'rbac: { roles: {} }\n'): Promise<string> {
  await clone.git('checkout', '--quiet', '-B', branch, 'origin/main')
  const sha = await clone.commit(`Change ${branch}`, { 'policies/omie/rbac.yaml': text })
  await clone.git('push', '--quiet', '--force', 'origin', branch)
  return sha
}

describe('what is read and written', () => {
  test('a pull request is made, found by its branch, changed, reviewed and found by the commit it became', async () => {
    const sha = await pushed('raise')
    const author = as('author')
    const made = await createPull(author, { title: 'Raise', body: 'b', head: 'raise', base: 'main' })
    expect(made).toMatchObject({ title: 'Raise', author: 'author', state: 'open', mergedAt: null, mergeCommit: null })
    expect(made.head).toEqual({ sha, ref: 'raise', repository: REPO })
    expect((await openPullsOf(author, 'raise')).map(({ number }) => number)).toEqual([made.number])
    expect(await openPullsOf(author, 'other')).toEqual([])
    expect(await updatePull(author, made.number, { title: 'Raise it' })).toMatchObject({ title: 'Raise it', body: 'b' })
    await as('approver').octokit.rest.pulls.createReview({ ...author.at, pull_number: made.number, event: 'APPROVE' })
    expect(await reviewsOf(author, made.number)).toMatchObject([{ author: 'approver', state: 'APPROVED', commit: sha }])
    expect(await commitsOf(author, made.number)).toEqual([{ sha, author: 'author', committer: 'author' }])
    expect(await filesOf(author, made.number)).toEqual(['policies/omie/rbac.yaml'])
    await author.octokit.rest.pulls.merge({ ...author.at, pull_number: made.number, merge_method: 'squash' })
    const merged = await getPull(author, made.number)
    expect(merged).toMatchObject({ state: 'closed', mergeCommit: await branchHead(author, 'main') })
    expect(merged.mergedAt).not.toBeNull()
    expect((await pullsOfCommit(author, merged.mergeCommit ?? '')).map(({ number }) => number)).toEqual([made.number])
    expect((await commitAt(author, 'main')).parents).toEqual([began])
  })

  test.each(['squash', 'rebase', 'merge'] as const)(
    'every commit that %s brings leads to its pull request',
    async (merge_method) => {
      await clone.git('fetch', '--quiet')
      await pushed(merge_method, `rbac: { a: ${merge_method} }\n`)
      await clone.commit('Two', { 'policies/omie/two.yaml': `${merge_method}\n` })
      await clone.git('push', '--quiet', 'origin', merge_method)
      const author = as('author')
      const before = await branchHead(author, 'main')
      const { number } = await createPull(author, { title: merge_method, body: '', head: merge_method, base: 'main' })
      await author.octokit.rest.pulls.merge({ ...author.at, pull_number: number, merge_method })
      await clone.git('fetch', '--quiet')
      const brought = (await clone.git('rev-list', `${before}..origin/main`)).split('\n')
      expect(brought).toHaveLength({ squash: 1, rebase: 2, merge: 3 }[merge_method])
      for (const sha of brought) expect((await pullsOfCommit(author, sha)).map((pull) => pull.number)).toEqual([number])
    },
  )

  test('lists are read to their end, past a page of a hundred', async () => {
    const author = as('author')
    const { number } = await createIssue(author, { title: 'long', body: '', labels: [] })
    for (let index = 0; index < 103; index += 1) {
      stand.repo(REPO).comments.push({ id: 10_000 + index, number, by: stand.account('author'), body: String(index) })
    }
    expect((await commentsOf(author, number)).map(({ body }) => body)).toEqual(
      Array.from({ length: 103 }, (_, at) => String(at)),
    )
  })

  test('one sticky comment is made and then replaced, and nobody else’s is', async () => {
    const bot = as('github-actions[bot]')
    const { number } = await createIssue(as('author'), { title: 'sticky', body: '', labels: [] })
    const marked = { number, name: 'summary', mine: 'github-actions[bot]' }
    await as('guest').octokit.rest.issues.createComment({
      ...bot.at,
      issue_number: number,
      body: '<!-- alcada:summary -->\nmine',
    })
    await stickyComment(bot, { ...marked, body: 'one' })
    await stickyComment(bot, { ...marked, body: 'two' })
    const told = (await commentsOf(bot, number)).map(({ author, body }) => [author, body])
    expect(told).toEqual([
      ['guest', '<!-- alcada:summary -->\nmine'],
      ['github-actions[bot]', '<!-- alcada:summary -->\ntwo'],
    ])
  })

  test('an issue is opened with a label, found by it, changed and closed', async () => {
    const author = as('author')
    const { number } = await createIssue(author, { title: 'Drift', body: 'omie', labels: ['drift'] })
    expect(await openIssues(author, 'drift')).toMatchObject([{ number, title: 'Drift', body: 'omie' }])
    await addLabels(author, number, ['seen'])
    await removeLabel(author, number, 'seen')
    await removeLabel(author, number, 'never there')
    await updateIssue(author, number, { state: 'closed' })
    expect(await openIssues(author, 'drift')).toEqual([])
  })

  test('checks say which app ran them; a status has none', async () => {
    const author = as('author')
    const sha = (await branchHead(author, 'main')) ?? ''
    const { rest } = as('github-actions[bot]').octokit
    await rest.checks.create({ ...author.at, name: 'check', head_sha: sha, status: 'completed', conclusion: 'failure' })
    await rest.checks.create({ ...author.at, name: 'check', head_sha: sha, status: 'completed', conclusion: 'success' })
    await author.octokit.rest.repos.createCommitStatus({ ...author.at, sha, state: 'success', context: 'check' })
    expect(await checksOf(author, sha)).toMatchObject([
      { name: 'check', app: { id: 15_368, slug: 'github-actions' }, state: 'success' },
      { name: 'check', app: null, id: null, state: 'success' },
    ])
  })

  test('who somebody is and what they may do', async () => {
    expect(await getRepository(as('owner'))).toMatchObject({
      name: REPO,
      defaultBranch: 'main',
      private: false,
      mine: { push: true, admin: true },
    })
    expect(await ownLogin(as('author'))).toBe('author')
    expect(await ownLogin(as('github-actions[bot]'))).toBeNull()
    const rights = await Promise.all(
      ['owner', 'author', 'guest', 'nobody'].map((login) => permissionOf(as('author'), login)),
    )
    expect(rights).toEqual(['admin', 'write', 'read', 'none'])
  })

  test('a file at a commit, byte for byte; null where there is none', async () => {
    expect(await fileAt(as('author'), 'policies/omie/rbac.yaml', began)).toBe('rbac: {}\n')
    expect(await fileAt(as('author'), 'policies/nibo/rbac.yaml', began)).toBeNull()
    expect(await branchHead(as('author'), 'nowhere')).toBeNull()
  })

  test('a ruleset is made and read again; its bypasses are told to an admin alone', async () => {
    const conditions = { ref_name: { include: ['refs/heads/closed'], exclude: [] } }
    const rules = [{ type: 'deletion' as const }]
    await createRuleset(as('owner'), {
      name: 'closed',
      target: 'branch',
      enforcement: 'active',
      bypass_actors: [],
      conditions,
      rules,
    })
    expect(await rulesetsOf(as('owner'))).toMatchObject([
      { name: 'closed', include: ['refs/heads/closed'], bypass: [], own: true },
    ])
    expect(await rulesetsOf(as('author'))).toMatchObject([{ name: 'closed', bypass: null }])
  })
})
