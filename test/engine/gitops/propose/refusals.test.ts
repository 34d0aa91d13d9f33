import { describe, expect, test } from 'vitest'
import { repositoryOf } from '../../../../engine/gitops/propose/repository.ts'
import { git } from '../../../helpers/github/git.ts'
import { type As, clone, LIMIT, proposed, REPO, setUp, stand, waits } from './proposer.ts'

setUp()

describe('an error says what to do', () => {
  test.each<[string, As, string]>([
    ['a token nobody has', { token: 'revoked' }, 'GitHub refuses the token: Bad credentials; make a new one'],
    ['a user who may read', { login: 'guest' }, 'you may read `acme/policies` and not push to it: ask for write'],
    ['another repository', { repository: 'acme/nothing' }, 'not in `acme/nothing`, or not for this token'],
    ['the default branch', { branch: 'main' }, '`main` takes changes by pull request only; give another --branch'],
  ])('%s', async (_, as, message) => {
    await expect(proposed('x', { set: [LIMIT], ...as })).rejects.toThrow(message)
  })

  test('a token without the right to push, which only git finds out', async () => {
    stand.account('author').lacks.add('contents')
    const refused = expect(proposed('No push', { set: [LIMIT] })).rejects
    await refused.toThrow('the token may not write to `acme/policies`: it needs Contents: write')
    stand.account('author').lacks.clear()
  })

  test('a branch that a ruleset closes', async () => {
    const conditions = { ref_name: { include: ['refs/heads/release'] } }
    const rules = [{ type: 'pull_request' }]
    const closed = {
      id: 1,
      name: 'closed',
      target: 'branch',
      enforcement: 'active',
      bypass_actors: [],
      conditions,
      rules,
    }
    stand.repo(REPO).rulesets.push(closed)
    await git(stand.repo(REPO).bare, ['branch', 'release', 'main'])
    await expect(proposed('x', { set: [LIMIT], branch: 'release' })).rejects.toThrow(
      /the rules of `acme\/policies` do not let the push through: .*GH013.*; give another --branch/,
    )
    stand.repo(REPO).rulesets.pop()
  })

  test('a limit is waited for as GitHub asks, and the wait is told', async () => {
    stand.plant({ kind: 'secondary', retryAfterSeconds: 1, id: 'pulls/create' })
    expect((await proposed('Patient', { set: [LIMIT] })).pull?.number).toBeGreaterThan(0)
    expect(waits).toEqual([
      expect.stringContaining('GitHub asks to wait 1 s: You have exceeded a secondary rate limit'),
    ])
  })

  test('an answer that was lost: run again, it finds what is there', async () => {
    stand.plant({ kind: 'hang up', id: 'pulls/create' })
    await expect(proposed('Lost', { set: [LIMIT] })).rejects.toThrow('GitHub does not answer')
    await proposed('Lost', { set: [LIMIT] })
    expect(stand.repo(REPO).pulls.filter(({ title }) => title === 'Lost')).toHaveLength(1)
  })

  test('no name in git', async () => {
    await clone.git('config', 'user.email', '')
    await expect(proposed('x', { set: [LIMIT] })).rejects.toThrow(
      'git does not know who you are: `git config --global user.email …`',
    )
  })
})

test.each([
  ['https://github.com/acme/policies.git', 'acme/policies'],
  ['git@github.com:acme/policies.git', 'acme/policies'],
  ['ssh://git@github.example:22/acme/policies', 'acme/policies'],
  ['https://someone:secret@github.com/acme/policies/', 'acme/policies'],
])('%s is %s', async (address, name) => {
  await clone.git('remote', 'set-url', 'origin', address)
  expect(await repositoryOf(clone.folder)).toBe(name)
})
