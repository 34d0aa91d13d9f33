import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-launcher-'))
  await mkdir(join(folder, 'engine'))
  await cp(join(root, 'engine', 'alcada.mjs'), join(folder, 'engine', 'alcada.mjs'))
  // An old Node, as far as the launcher can see: the real one with another number in process.versions.
  await writeFile(
    join(folder, 'old.cjs'),
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`,
  )
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the launcher on a Node that is too old', () => {
  test('hands over to the pinned Node, with the arguments and the exit code', async () => {
    await checkout(`
      const word: string = process.argv.slice(2).join(' ')
      console.log(word, process.versions.node)
      process.exit(3)`)
    expect(await launch(['check', '--format', 'json'])).toEqual({
      code: 3,
      stdout: 'check --format json 26.10.0\n',
      stderr: '',
    })
  })

  test('passes a signal on and answers with its number when the program dies of it', async () => {
    await checkout(`console.log('ready'); setInterval(() => undefined, 1000)`)
    const child = start([])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([143, null])
  })

  test('lets the program end in its own way after an interrupt', async () => {
    await checkout(`
      process.on('SIGINT', () => process.exit(7))
      console.log('ready')
      setInterval(() => undefined, 1000)`)
    const child = start([])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([7, null])
  })

  test('says what is missing, why and what to do when the pinned Node was not installed', async () => {
    await writeFile(join(folder, 'engine', 'cli.ts'), '')
    const { code, stderr } = await launch(['up'])
    expect(code).toBe(1)
    expect(stderr).toContain('alcada: expected Node 26 or newer')
    expect(stderr).toMatch(/`node-[a-z0-9-]+` is not installed \(npm leaves it out with --omit=optional\)/)
  })
})

test('a current Node runs the program itself, without a second process', async () => {
  await writeFile(join(folder, 'engine', 'cli.ts'), 'console.log(process.pid)')
  const child = spawn(process.execPath, [join(folder, 'engine', 'alcada.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  expect(await text(child.stdout)).toBe(`${child.pid}\n`)
})

test('an installed package, which has no sources, runs its JavaScript', async () => {
  await mkdir(join(folder, 'dist', 'engine'), { recursive: true })
  await writeFile(join(folder, 'dist', 'engine', 'cli.js'), `console.log('from dist')`)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const child = spawn(process.execPath, [join(folder, 'engine', 'alcada.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  expect(await text(child.stdout)).toBe('from dist\n')
})

async function checkout(program: string): Promise<void> {
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'engine', 'cli.ts'), program)
}

function start(args: string[]): ChildProcess {
  const launcher = join(folder, 'engine', 'alcada.mjs')
  return spawn(process.execPath, ['--require', join(folder, 'old.cjs'), launcher, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function launch(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(args)
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ])
  return { code, stdout, stderr }
}
