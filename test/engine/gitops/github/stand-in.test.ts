import { expect, test } from 'vitest'
import { openContract } from '../../../helpers/github/contract.ts'
import { ownersOf } from '../../../helpers/github/rules.ts'
import { startGitHub } from '../../../helpers/github/stand-in.ts'

test('a request that GitHub would not take fails the test that sends it', async () => {
  const stand = await startGitHub()
  await stand.addRepo('acme/policies', { rights: { author: 'write' } })
  const ask = async (method: string, path: string, body?: object): Promise<number> => {
    const headers = { authorization: 'Bearer token-of-author', 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return (await fetch(`${stand.apiUrl}${path}`, { method, headers, ...sent })).status
  }
  expect(await ask('POST', '/repos/acme/policies/pulls', { title: 'no head' })).toBe(422)
  expect(await ask('PUT', '/repos/acme/policies/pulls/1/merge', { merge_method: 'sqash' })).toBe(422)
  expect(await ask('GET', '/repos/acme/policies/pulls/1/secrets')).toBe(404)
  expect(stand.takeFaults()).toEqual([
    expect.stringContaining("must have required property 'head'"),
    expect.stringContaining("must have required property 'base'"),
    expect.stringContaining('must be equal to one of the allowed values'),
    'GitHub has no GET /repos/acme/policies/pulls/1/secrets, or the fixture lacks it',
  ])
  await ask('GET', '/repos/acme/policies/nowhere')
  await expect(stand.stop()).rejects.toThrow('expected what GitHub’s description allows'.replace('’', "'"))
})

test('an answer that GitHub would not give is found, and one that is filled in is whole', async () => {
  const contract = await openContract()
  expect(contract.answerFaults('pulls/create', 201, { number: 1, state: 'open' }).length).toBeGreaterThan(20)
  expect(contract.answerFaults('pulls/create', 418, {})).toEqual([])
  expect(contract.answerFaults('pulls/create', 204, {})).toEqual([])
  expect(contract.answerFaults('pulls/create', 202, {})).toEqual(['GitHub never answers pulls/create with 202'])
  const whole = contract.whole('pulls/create', 201, { number: 1, state: 'open' })
  expect(contract.answerFaults('pulls/create', 201, whole)).toEqual([])
})

test.each([
  ['* @a\n/policies/ @b', 'policies/omie/rbac.yaml', ['@b']],
  ['/policies/ @b\n* @a', 'policies/omie/rbac.yaml', ['@a']],
  ['* @a # everything', 'engine/cli.ts', ['@a']],
  ['/policies/ @b', 'policies-of-old/x', []],
  ['/policies/ @b\n/policies/omie/', 'policies/omie/x', []],
])('%j: who owns %s', (text, path, owners) => {
  expect(ownersOf(text, path)).toEqual(owners)
})
