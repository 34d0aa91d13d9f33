import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GitHub, type GitHubOptions, openGitHub } from '../../../../engine/gitops/github/client.ts'
import { createIssue, openIssues } from '../../../../engine/gitops/github/issues.ts'
import { createPull } from '../../../../engine/gitops/github/pulls.ts'
import { getRepository } from '../../../../engine/gitops/github/repository.ts'
import { rulesetsOf } from '../../../../engine/gitops/github/rulesets.ts'
import { type Clone, cloneAs, seedRepo } from '../../../helpers/github/clone.ts'
import { type GitHubStandIn, startGitHub } from '../../../helpers/github/stand-in.ts'

let stand: GitHubStandIn
let began: string
const REPO = 'acme/policies'

beforeAll(async () => {
  stand = await startGitHub()
  await stand.addRepo(REPO, { rights: { author: 'write', owner: 'admin', guest: 'read' } })
  began = await seedRepo(stand, REPO, { files: { 'policies/omie/rbac.yaml': 'rbac: {}\n' } })
})
afterAll(() => stand.stop())

/** The repository as somebody sees it; waits are noted and not waited for. */
function as(login: string | null, more: Partial<GitHubOptions> = {}): GitHub & { waits: number[] } {
  const waits: number[] = []
  const token = login === null ? undefined : stand.account(login).token
  const sleep = async (ms: number): Promise<void> => void waits.push(ms)
  return Object.assign(openGitHub({ apiUrl: stand.apiUrl, token, repository: REPO, sleep, ...more }), { waits })
}

describe('an error says what to do', () => {
  test.each([
    [
      'nobody’s right to write',
      'guest',
      'GITHUB_NO_RIGHTS',
      /may not do this in `acme\/policies`.*Pull requests: write/,
    ],
    ['no token', null, 'GITHUB_TOKEN_REFUSED', /Requires authentication/],
  ])('%s', async (_, login, code, message) => {
    const { octokit, at } = as(login)
    const { number } = await createIssue(as('author'), { title: 'any', body: '', labels: [] })
    const refused = octokit.rest.issues.addLabels({ ...at, issue_number: number, labels: ['a'] })
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('a token that GitHub does not know', async () => {
    await expect(getRepository(as(null, { token: 'stolen-and-revoked' }))).rejects.toMatchObject({
      code: 'GITHUB_TOKEN_REFUSED',
      message: expect.stringContaining('Bad credentials; make a new one'),
    })
  })

  test('a repository that is not there, with and without a token', async () => {
    const repository = 'acme/nothing'
    await expect(getRepository(as('author', { repository }))).rejects.toMatchObject({ code: 'GITHUB_NOT_FOUND' })
    await expect(getRepository(as(null, { repository }))).rejects.toMatchObject({ code: 'GITHUB_NO_TOKEN' })
  })

  test('what GitHub does not accept, field by field', async () => {
    const made = createPull(as('author'), { title: 't', body: '', head: 'nowhere', base: 'main' })
    await expect(made).rejects.toMatchObject({
      code: 'GITHUB_INVALID',
      message: expect.stringContaining('head invalid'),
    })
  })

  test('a head that moved', async () => {
    const clone: Clone = await cloneAs(stand, REPO, 'author')
    await clone.git('checkout', '--quiet', '-b', 'moved')
    await clone.commit('Move', { 'policies/omie/rbac.yaml': 'rbac: { moved: 1 }\n' })
    await clone.git('push', '--quiet', 'origin', 'moved')
    const author = as('author')
    const { number } = await createPull(author, { title: 'm', body: '', head: 'moved', base: 'main' })
    const merge = author.octokit.rest.pulls.merge({ ...author.at, pull_number: number, sha: began })
    await expect(merge).rejects.toMatchObject({ code: 'GITHUB_CONFLICT', message: expect.stringContaining('fetch') })
    await clone.remove()
  })

  test('a plan that has no rulesets', async () => {
    await stand.addRepo('acme/free', { private: true, plan: 'free', rights: { owner: 'admin' } })
    await expect(rulesetsOf(as('owner', { repository: 'acme/free' }))).rejects.toMatchObject({ code: 'GITHUB_PLAN' })
  })

  test.each(['ftp://github.example', 'http://github.example/api', 'github.com'])(
    'an address that would show the token to others: %s',
    (apiUrl) => {
      expect(() => as('author', { apiUrl })).toThrow(/expected GITHUB_API_URL to be an https address/)
    },
  )

  test('no error of ours holds the token', async () => {
    const refused = await createIssue(as('guest', { repository: 'acme/nothing' }), {
      title: '',
      body: '',
      labels: [],
    }).catch((error: unknown) => error)
    expect(inspect(refused, { depth: 9 })).toContain('GITHUB_NOT_FOUND')
    expect(inspect(refused, { depth: 9 })).not.toContain('token-of-guest')
  })
})

describe('limits and failures', () => {
  test('a secondary limit is waited for as long as GitHub asks, and told', async () => {
    stand.plant({ kind: 'secondary', retryAfterSeconds: 7 })
    const told: string[] = []
    const author = as('author', { onWait: (why) => void told.push(why) })
    await expect(getRepository(author)).resolves.toMatchObject({ name: REPO })
    expect(author.waits).toEqual([7_000])
    expect(told).toEqual([expect.stringMatching(/^GitHub asks to wait 7 s: You have exceeded a secondary rate limit/)])
  })

  test('one that does not say how long is waited for a minute', async () => {
    stand.plant({ kind: 'secondary' })
    const author = as('author')
    await getRepository(author)
    expect(author.waits).toEqual([60_000])
  })

  test('a write that a limit stopped was not done, so it is sent again', async () => {
    stand.plant({ kind: 'secondary', retryAfterSeconds: 1, id: 'issues/create' })
    await createIssue(as('author'), { title: 'once', body: '', labels: ['once'] })
    expect(await openIssues(as('author'), 'once')).toHaveLength(1)
  })

  test('the hourly budget is waited for when it is near, and named when it is far', async () => {
    stand.plant({ kind: 'primary', resetInSeconds: 20 })
    const author = as('author')
    await getRepository(author)
    expect(author.waits).toHaveLength(1)
    expect(author.waits[0]).toBeGreaterThan(19_000)
    expect(author.waits[0]).toBeLessThan(23_000)
    stand.plant({ kind: 'primary', resetInSeconds: 2_400 })
    await expect(getRepository(as('author'))).rejects.toMatchObject({
      code: 'GITHUB_RATE_LIMIT',
      message: expect.stringMatching(/used up until \d\d:\d\d UTC.*run it again then/),
    })
  })

  test('a limit that never ends is not waited for for ever', async () => {
    stand.plant({ kind: 'secondary', retryAfterSeconds: 30, times: 5 })
    const author = as('author')
    await expect(getRepository(author)).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMIT' })
    expect(author.waits).toEqual([30_000, 30_000, 30_000, 30_000])
    stand.plant({ kind: 'secondary', retryAfterSeconds: 0, times: 121 })
    await expect(getRepository(as('author'))).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMIT' })
  })

  test.each([[{ kind: 'failure', status: 502 }], [{ kind: 'hang up' }]] as const)(
    '%j: a read is tried again',
    async (fault) => {
      stand.plant({ ...fault, times: 2 })
      const author = as('author')
      await expect(getRepository(author)).resolves.toMatchObject({ name: REPO })
      expect(author.waits).toEqual([500, 2_000])
    },
  )

  test('a POST whose answer was lost is not sent twice', async () => {
    stand.plant({ kind: 'hang up', id: 'issues/create' })
    const author = as('author')
    const made = createIssue(author, { title: 'lost', body: '', labels: [] })
    await expect(made).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE' })
    expect(author.waits).toEqual([])
  })

  test('a GitHub that stays down is named after the third time', async () => {
    stand.plant({ kind: 'failure', status: 503, times: 4 })
    await expect(getRepository(as('author'))).rejects.toMatchObject({ code: 'GITHUB_FAILED', status: 503 })
  })
})
