import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
let folder: string
let installed: string

describe('the package, packed and installed in an empty folder', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alcada-package-'))
    await run('npm', ['pack', '--pack-destination', folder], { cwd: root })
    const [archive = ''] = await readdir(folder)
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, archive)], { cwd: folder })
    installed = join(folder, 'node_modules', 'alcada')
  }, 300_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('starts', async () => {
    const { stdout } = await run(join(folder, 'node_modules', '.bin', 'alcada'), ['--help'], { cwd: folder })
    expect(stdout).toMatch(/^Usage: alcada /)
  })

  test('carries JavaScript with declarations, and no TypeScript, test or tool of ours', async () => {
    expect((await readdir(installed)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'README.pt-BR.md',
      'dist',
      'engine',
      'package.json',
    ])
    expect((await readdir(join(installed, 'dist'))).sort()).toEqual([
      'engine',
      'erps',
      'package.json',
      'policies',
      'servers',
    ])
    const files = await readdir(installed, { recursive: true })
    expect(files.filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file))).toEqual([])
    expect(files.filter((file) => /\.test\.|tsconfig|fixtures/.test(file))).toEqual([])
    expect(files).toContain(join('dist', 'engine', 'compile', 'compiler', 'find.d.ts'))
  })

  test.each([
    'engine/compile/opa/go.mod',
    'engine/compile/opa/go.sum',
    'erps/omie/erp.yaml',
    'erps/omie/tools.yaml',
    'policies/omie/rbac.yaml',
    'servers/main.js',
  ])('carries %s at the same place as the checkout', (path) => {
    expect(existsSync(join(installed, 'dist', path))).toBe(true)
  })
})
