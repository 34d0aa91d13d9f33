import { afterAll, beforeAll, expect, test } from 'vitest'
import { mergesBetween } from '../../../../engine/gitops/provenance/merges.ts'
import { type House, startHouse } from '../../../helpers/gitops/house.ts'

let house: House
beforeAll(async () => {
  house = await startHouse({ files: null })
})
afterAll(() => house.stop())

/** Where main is now, in the clone that publishes. */
async function main(): Promise<string> {
  await house.toMain(house.runner)
  return house.runner.git('rev-parse', 'HEAD')
}

async function brought(since: string, login: string | null = 'github-actions[bot]'): Promise<object[]> {
  const head = await main()
  const root = house.runner.folder
  const remote = house.remote(login)
  const github = house.as('github-actions[bot]')
  const merges = await mergesBetween({ root, github, remote, branch: 'main', since, head })
  return merges.map(({ pull: { number, author }, before, after }) => ({ number, author, before, after }))
}

test.each(['merge', 'squash', 'rebase'] as const)('what came by %s is known by its pull request', async (method) => {
  const before = await main()
  const proposal = await house.propose('ana', `by-${method}`, { 'a.txt': `${method}\n` })
  await proposal.more({ 'b.txt': `${method}\n` })
  // main went on meanwhile.
  const other = await house.propose('bruno', `beside-${method}`, { 'c.txt': `${method}\n` })
  await other.merge('squash')
  const middle = await main()
  await proposal.merge(method)
  const after = await main()
  expect(await brought(before)).toEqual([
    { number: other.number, author: 'bruno', before, after: middle },
    { number: proposal.number, author: 'ana', before: middle, after },
  ])
})

test('of a private repository, the head of a squashed branch that is deleted is fetched with the token, and not without', async () => {
  const before = await main()
  const proposal = await house.propose('ana', 'squashed-and-gone', { 'f.txt': 'f\n' })
  await proposal.merge('squash')
  await proposal.deleteBranch()
  const after = await main()
  await expect(house.runner.git('cat-file', '-e', proposal.head)).rejects.toThrow()
  await expect(brought(before, null)).rejects.toMatchObject({
    code: 'GITHUB_TOKEN_REFUSED',
    message: `GitHub refuses the token for fetching what #${proposal.number} was reviewed at: set GITHUB_TOKEN to one with Contents: read`,
  })
  expect(await brought(before)).toEqual([{ number: proposal.number, author: 'ana', before, after }])
})

test('a commit that was pushed to main is refused, also when something good is merged after it', async () => {
  const before = await main()
  const dora = await house.clone('dora')
  const sha = await dora.commit('Quickly', { 'a.txt': 'quickly\n' })
  await dora.git('push', '--quiet', 'origin', 'main')
  await (await house.propose('ana', 'after-a-push', { 'd.txt': 'fine\n' })).merge('squash')
  await expect(brought(before)).rejects.toMatchObject({
    code: 'NO_PULL_REQUEST',
    message: `commit \`${sha.slice(0, 7)}\` came to main without a merged pull request: revert it, and propose it`,
  })
})

test('more in a merge than what was reviewed is refused', async () => {
  const before = await main()
  const proposal = await house.propose('ana', 'with-a-stowaway', { 'a.txt': 'reviewed\n' })
  await proposal.merge('squash')
  // Whoever can rewrite main puts a line more into the commit that GitHub made.
  const dora = await house.clone('dora')
  const stowaway = await dora.git('rev-parse', 'HEAD')
  await dora.git('reset', '--quiet', '--soft', 'HEAD~1')
  const forged = await dora.commit(`Proposal with-a-stowaway (#${proposal.number})`, { 'z.txt': 'nobody saw this\n' })
  await dora.git('push', '--quiet', '--force', 'origin', 'main')
  const pull = house.stand.repo('acme/policies').pulls.find(({ number }) => number === proposal.number)
  if (pull?.merged) Object.assign(pull.merged, { commit: forged, brought: [forged] })
  await expect(brought(before)).rejects.toMatchObject({ code: 'CONTENT_DIFFERS' })
  await dora.git('push', '--quiet', '--force', 'origin', `${stowaway}:main`)
})

test('what was rewritten is refused: the last published commit is not on the way any more', async () => {
  const before = await main()
  const dora = await house.clone('dora')
  await dora.git('reset', '--quiet', '--hard', 'HEAD~1')
  await dora.commit('Another end', { 'e.txt': 'e\n' })
  await dora.git('push', '--quiet', '--force', 'origin', 'main')
  await expect(brought(before)).rejects.toMatchObject({ code: 'HISTORY_REWRITTEN' })
})
