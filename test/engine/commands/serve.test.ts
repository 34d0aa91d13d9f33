import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const CLI = join(import.meta.dirname, '..', '..', '..', 'engine', 'cli.ts')

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'alcada-serve-'))
})
afterEach(() => rm(root, { recursive: true }))

function serve(erp: string): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [CLI, 'serve', erp], { cwd: root, encoding: 'utf8' })
}

test('a misspelt ERP is told at once in a policy repository, with the names there are', async () => {
  await mkdir(join(root, 'erps', 'omie'), { recursive: true })
  await mkdir(join(root, 'policies'))
  const { status, stderr } = serve('omee')
  expect(status).toBe(2)
  expect(stderr).toBe('alcada: ERP `omee` does not exist; known: omie\n')
})

test('without public keys to trust it does not start, makes none, and says what to do', () => {
  const { status, stderr } = serve('omie')
  expect(status).toBe(1)
  expect(stderr).toContain('set ALCADA_TRUST_FILE to the trust.json of your release keys')
  expect(stderr).toContain('or run `alcada up` (or `alcada build`) here for a development server')
})
