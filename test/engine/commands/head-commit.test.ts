import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleGit } from 'simple-git'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { headCommit } from '../../../engine/commands/head-commit.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'alcada-commit-'))
  await mkdir(join(root, 'policies'))
  await writeFile(join(root, 'policies', 'rbac.yaml'), 'rbac: {}\n')
})
afterEach(() => rm(root, { recursive: true }))

async function committed(): Promise<string> {
  const git = simpleGit(root)
  await git.init()
  await git.addConfig('user.name', 'test').addConfig('user.email', 'test@example.com')
  await git.add('.').commit('first')
  return (await git.revparse(['HEAD'])).trim()
}

test('a bundle of committed sources names their commit', async () => {
  const commit = await committed()
  expect(await headCommit(root)).toBe(commit)
})

test('a change that is not committed leaves the bundle without a commit, so that it claims no other sources', async () => {
  await committed()
  await writeFile(join(root, 'policies', 'rbac.yaml'), 'rbac: { changed: 1 }\n')
  expect(await headCommit(root)).toBeNull()
})

test('a new file below policies/ counts as a change', async () => {
  await committed()
  await writeFile(join(root, 'policies', 'new.rego'), 'package new\n')
  expect(await headCommit(root)).toBeNull()
})

test('a change elsewhere does not count', async () => {
  const commit = await committed()
  await writeFile(join(root, 'notes.txt'), 'x')
  expect(await headCommit(root)).toBe(commit)
})

test('outside a git repository there is none', async () => {
  expect(await headCommit(root)).toBeNull()
})
