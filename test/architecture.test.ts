import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkTree } from './helpers/architecture/check.ts'
import { rooms } from './helpers/architecture/rooms.ts'

test('this tree keeps to the rooms of the design', () => {
  expect(checkTree(join(import.meta.dirname, '..'))).toEqual([])
})

// A link called node_modules, once committed, takes the place of everybody's installed packages at the next merge.
test('no link is tracked, and nothing that is installed', () => {
  const root = join(import.meta.dirname, '..')
  const tracked = execFileSync('git', ['ls-files', '--stage'], { cwd: root, encoding: 'utf8' }).split('\n')
  expect(tracked.filter((line) => line.startsWith('120000') || /\tnode_modules(\/|$)/.test(line))).toEqual([])
})

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true })
})

/** A tree of these files only, and the rules it breaks. */
function broken(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'alcada-rooms-'))
  made.push(root)
  for (const [path, text] of Object.entries({ '.gitignore': 'node_modules/\ndist/\n', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return checkTree(root).map(({ file, rule }) => `${file}: ${rule}`)
}

describe('an import that is allowed is not reported', () => {
  test.each([
    ['engine/compile/a.ts', `import { load } from '../load/tree.ts'`],
    ['engine/compile/a.ts', `import { b } from './b/c.ts'`],
    ['engine/sandbox/omie/a.ts', `import rows from '../../../erps/omie/sandbox/rows.json' with { type: 'json' }`],
    ['engine/cli.ts', `const { up } = await import('./commands/up.ts')`],
    ['engine/commands/audit.ts', `import { open } from '../../servers/state/open.ts'`],
    ['servers/request/a.ts', `import type { State } from '../state/open.ts'`],
    ['servers/request/a.ts', `import {\n  type State,\n  type Entry,\n} from '../state/open.ts'`],
    ['servers/server.ts', `import { open } from './state/open.ts'`],
    ['test/e2e/a.test.ts', `import { open } from '../../servers/state/open.ts'`],
    ['engine/contract/evaluate.ts', `import opa from '@open-policy-agent/opa-wasm'`],
    ['servers/config.ts', `export const config = process.env`],
  ])('%s: %s', (file, text) => {
    expect(broken({ [file]: text })).toEqual([])
  })
})

describe('an import that leaves its room is reported', () => {
  test.each([
    [
      'engine/contract/a.ts',
      `import { x } from '../load/tree.ts'`,
      'engine/contract may not import engine/load (`engine/load/tree.ts`)',
    ],
    [
      'engine/contract/a.ts',
      `import type { X } from '../load/tree.ts'`,
      'engine/contract may not import engine/load (`engine/load/tree.ts`)',
    ],
    [
      'engine/load/a.ts',
      `import '../../servers/erp/client.ts'`,
      'engine/load may not import servers/erp (`servers/erp/client.ts`)',
    ],
    [
      'engine/sandbox/a.ts',
      `import { x } from '../contract/money.ts'`,
      'engine/sandbox may not import engine/contract (`engine/contract/money.ts`)',
    ],
    [
      'engine/commands/up.ts',
      `import { x } from '../../servers/state/open.ts'`,
      'engine/commands may not import servers/state (`servers/state/open.ts`)',
    ],
    [
      'servers/mcp/a.ts',
      `import { type A, call } from '../request/call.ts'`,
      'servers/mcp may import only types of servers/request (`servers/request/call.ts`)',
    ],
    [
      'servers/mcp/a.ts',
      `import type { A } from '../state/open.ts'`,
      'servers/mcp may not import servers/state (`servers/state/open.ts`)',
    ],
    [
      'servers/state/a.ts',
      `await import('../erp/client.ts')`,
      'servers/state may not import servers/erp (`servers/erp/client.ts`)',
    ],
    [
      'servers/state/a.ts',
      `new Worker(new URL('../erp/worker.ts', import.meta.url))`,
      'servers/state may not import servers/erp (`servers/erp/worker.ts`)',
    ],
    [
      'servers/erp/a.ts',
      `import { x } from '../../engine/compile/stage.ts'`,
      'servers/erp may not import engine/compile (`engine/compile/stage.ts`)',
    ],
    [
      'servers/erp/a.ts',
      `import { x } from '../../test/helpers/needs.ts'`,
      'servers/erp may not import test (`test/helpers/needs.ts`)',
    ],
    ['servers/policy/a.ts', `import { simpleGit } from 'simple-git'`, 'the enforcing process carries no `simple-git`'],
    [
      'servers/policy/a.ts',
      `import opa from '@open-policy-agent/opa-wasm'`,
      'only engine/contract/evaluate.ts imports @open-policy-agent/opa-wasm',
    ],
    [
      'engine/contract/a.ts',
      `import { readFileSync } from 'node:fs'`,
      'engine/contract is pure: it does not import `node:fs`',
    ],
    ['engine/commands/a.ts', 'await import(name)', 'import() takes a literal'],
  ])('%s: %s', (file, text, rule) => {
    expect(broken({ [file]: text })).toEqual([`${file}: ${rule}`])
  })

  test('every room of the table is guarded: none may import servers/main.ts but what starts it', () => {
    for (const room of Object.keys(rooms).filter((name) => name !== 'servers')) {
      const out = '../'.repeat(room.split('/').length)
      const up = room.startsWith('servers') ? '..' : `${out}servers`
      const file = `${room}/a.ts`
      expect(broken({ [file]: `import { main } from '${up}/main.ts'` })).toEqual([
        `${file}: ${room} may not import servers (\`servers/main.ts\`)`,
      ])
    }
  })
})

describe('a file in the wrong place or shape is reported', () => {
  test.each([
    ['src/a.ts', '', 'src: no top-level entry beyond the closed list'],
    ['engine/tools/a.ts', '', 'engine/tools/a.ts: the design has no room for this file'],
    ['servers/a.ts', '', 'servers/a.ts: the design has no room for this file'],
    ['engine/load/utils.ts', '', 'engine/load/utils.ts: `utils` names no job'],
    ['servers/erp/common/a.ts', '', 'servers/erp/common/a.ts: `common` names no job'],
    ['servers/erp/helpers/a.ts', '', 'servers/erp/helpers/a.ts: `helpers` names no job'],
    ['servers/erp/manager.ts', '', 'servers/erp/manager.ts: `manager` names no job'],
    ['servers/erp/index.ts', '', 'servers/erp/index.ts: no barrels: no file is called index'],
    ['servers/erp/readPage.ts', '', 'servers/erp/readPage.ts: file names are kebab-case'],
    [
      'servers/erp/a.ts',
      `export { b } from './b.ts'`,
      'servers/erp/a.ts: no barrels: what another file exports is imported from there',
    ],
    [
      'servers/erp/a.ts',
      `export * from './b.ts'`,
      'servers/erp/a.ts: no barrels: what another file exports is imported from there',
    ],
    ['servers/erp/a.ts', 'x\n'.repeat(301), 'servers/erp/a.ts: no file is past 300 lines, this one has 301'],
    ['policies/omie/a.rego', 'x\n'.repeat(301), 'policies/omie/a.rego: no file is past 300 lines, this one has 301'],
    ['erps/omie/client.ts', '', 'erps/omie/client.ts: erps/ holds data only'],
    ['policies/omie/a.mjs', '', 'policies/omie/a.mjs: policies/ holds data only'],
    [
      'servers/erp/a.ts',
      `const key = process.env['KEY']`,
      'servers/erp/a.ts: only servers/config.ts and engine/commands/environment.ts read the environment',
    ],
    [
      'engine/load/a.ts',
      `import { env } from 'node:process'`,
      'engine/load/a.ts: only servers/config.ts and engine/commands/environment.ts read the environment',
    ],
    ['engine/contract/a.ts', 'const now = Date.now()', 'engine/contract/a.ts: engine/contract is pure: no `Date.now`'],
  ])('%s', (file, text, line) => {
    expect(broken({ [file]: text })).toEqual([line])
  })
})
