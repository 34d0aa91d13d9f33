import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-ci-'))
  await mkdir(join(folder, 'bin'))
  await cp(join(root, '.ci', 'run'), join(folder, '.ci', 'run'))
  // A machine on which everything is installed; each test says what npm does on it.
  await program('dpkg-query', `printf 'install ok installed'`)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const program = (name: string, script: string) =>
  writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })

/** `npm ci` works; `npm test` prints this and ends so. */
const npmTest = (output: string, code = 0) =>
  program('npm', `case $1 in ci) exit 0 ;; esac\ncat <<'END'\n${output}\nEND\nexit ${code}`)

async function run(): Promise<{ code: number; lines: string[] }> {
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` }
  return new Promise((resolve) => {
    execFile(join(folder, '.ci', 'run'), { env }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines: stdout.trimEnd().split('\n') })
    })
  })
}

test('when every test passed, it ends with their number', async () => {
  await npmTest('ok\nTests: 12 passed, 0 failed, 0 skipped\nand a word after it')
  const { code, lines } = await run()
  expect([code, lines.at(-1)]).toEqual([0, 'Tests: 12 passed, 0 failed, 0 skipped'])
})

test.each([
  [
    'a test was left out',
    'Tests: 12 passed, 0 failed, 1 skipped',
    0,
    'a test failed or was left out',
    'Tests: 12 passed, 0 failed, 1 skipped',
  ],
  [
    'a test failed',
    'Tests: 12 passed, 1 failed, 0 skipped',
    1,
    'npm test ended with 1',
    'Tests: 12 passed, 1 failed, 0 skipped',
  ],
  [
    'a failure went unnoticed',
    'Tests: 12 passed, 1 failed, 0 skipped',
    0,
    'a test failed or was left out',
    'Tests: 12 passed, 1 failed, 0 skipped',
  ],
  ['no test ran', 'Tests: 0 passed, 0 failed, 0 skipped', 0, 'no test ran', 'Tests: 0 passed, 0 failed, 0 skipped'],
  [
    'the types are wrong',
    'error TS2322',
    2,
    'npm test ended with 2 before any test was counted',
    'Tests: 0 passed, 1 failed, 0 skipped',
  ],
])('it fails when %s', async (_, output, status, reason, last) => {
  await npmTest(output, status)
  const { code, lines } = await run()
  expect([code, ...lines.slice(-2)]).toEqual([1, reason, last])
})

test('it fails when npm ci does, and shows what npm said', async () => {
  await program('npm', 'echo the lockfile is out of date; exit 1')
  const { code, lines } = await run()
  expect(lines).toContain('the lockfile is out of date')
  expect([code, ...lines.slice(-2)]).toEqual([1, '`npm ci` failed', 'Tests: 0 passed, 1 failed, 0 skipped'])
})

test('it asks Debian for what is missing, and only for that', async () => {
  await program('dpkg-query', `case "$*" in *tryton-modules-party*) exit 1 ;; esac; printf 'install ok installed'`)
  await program('apt-get', `echo "$*" >> ${folder}/asked`)
  await npmTest(`Tests: 1 passed, 0 failed, 0 skipped`)
  const { code, lines } = await run()
  expect(code).toBe(0)
  expect(lines).toContain('installing tryton-modules-party')
})
