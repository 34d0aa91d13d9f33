import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-left-out-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await mkdir(join(folder, 'test'))
  await writeFile(
    join(folder, 'vitest.config.ts'),
    `import { SummaryReporter } from '${root}/test/helpers/summary-reporter.ts'
     export default { test: { include: ['test/*.test.ts'], reporters: [new SummaryReporter()] } }`,
  )
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Runs the tests of `folder` on a machine that has Node and nothing else. */
async function run(all: '0' | '1' = '0'): Promise<{ code: number; lines: string[] }> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const env = { PATH: join(folder, 'nothing'), NO_COLOR: '1', ALCADA_TEST_ALL: all }
  return new Promise((resolve) => {
    execFile(process.execPath, [vitest, 'run', '--root', folder], { cwd: folder, env }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines: stdout.trimEnd().split('\n') })
    })
  })
}

const needing = (part: string, body: string) => `
  import { describe, expect, test } from 'vitest'
  import { needs } from '${root}/test/helpers/needs.ts'
  const part = needs('${part}')
  describe.skipIf(part.missing !== null)('with ${part}', () => { test('one', () => {}); test('two', () => {}) })
  ${body}`

test('a left-out test is listed with the reason of its own file, and the last line counts', async () => {
  await writeFile(join(folder, 'test', 'a.test.ts'), needing('podman', `test('three', () => {})`))
  await writeFile(join(folder, 'test', 'b.test.ts'), needing('chromium', ''))
  const { code, lines } = await run()
  expect(code).toBe(0)
  expect(lines.filter((line) => line.startsWith('  test/')).sort()).toEqual([
    '  test/a.test.ts: with podman > one (no `podman` on PATH (Debian: apt-get install podman runc))',
    '  test/a.test.ts: with podman > two (no `podman` on PATH (Debian: apt-get install podman runc))',
    '  test/b.test.ts: with chromium > one (no `chromium` on PATH (Debian: apt-get install chromium))',
    '  test/b.test.ts: with chromium > two (no `chromium` on PATH (Debian: apt-get install chromium))',
  ])
  expect(lines.at(-1)).toBe('Tests: 1 passed, 0 failed, 4 skipped')
})

test('where nothing may be left out, a missing part is a failure', async () => {
  await writeFile(join(folder, 'test', 'a.test.ts'), needing('podman', `test('three', () => {})`))
  const { code, lines } = await run('1')
  expect(code).toBe(1)
  expect(lines.at(-1)).toBe('Tests: 0 passed, 1 failed, 0 skipped')
})

describe('the last line counts as failed', () => {
  test.each([
    ['a failing test', `test('a', () => { expect(1).toBe(2) })`, 'Tests: 0 passed, 1 failed, 0 skipped'],
    ['a file that cannot be read', `import './none.ts'`, 'Tests: 0 passed, 1 failed, 0 skipped'],
    [
      'an error that nobody caught',
      `test('a', async () => { setTimeout(() => { throw new Error('late') }); await new Promise((r) => setTimeout(r, 50)) })`,
      'Tests: 1 passed, 1 failed, 0 skipped',
    ],
    [
      'a suite that could not begin',
      `describe('s', () => { beforeAll(() => { throw new Error('no') }); test('a', () => {}) })`,
      'Tests: 0 passed, 1 failed, 1 skipped',
    ],
  ])('%s', async (_, body, last) => {
    await writeFile(
      join(folder, 'test', 'a.test.ts'),
      `import { beforeAll, describe, expect, test } from 'vitest'\n${body}`,
    )
    const { code, lines } = await run()
    expect([code, lines.at(-1)]).toEqual([1, last])
  })
})
