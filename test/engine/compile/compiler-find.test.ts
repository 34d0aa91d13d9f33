import { readFileSync } from 'node:fs'
import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FindCompilerOptions, findCompiler } from '../../../engine/compile/compiler/find.ts'
import { OPA_VERSION } from '../../../engine/compile/compiler/version.ts'
import { programOf, releaseHost, sha256Of } from '../../helpers/compiler/release-host.ts'

const opa = programOf('1.22.2')
let folder: string
let cacheDir: string
/** Nothing can be had from anywhere; a test opens the one source it is about. */
let nowhere: FindCompilerOptions

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-compiler-'))
  cacheDir = join(folder, 'cache')
  nowhere = { cacheDir, searchPath: '', release: { checksums: {} }, go: { command: join(folder, 'no-go') } }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function program(path: string, version: string): Promise<string> {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), programOf(version), { mode: 0o755 })
  return join(folder, path)
}

/** Upstream in small: it has the pinned version for linux-x64. */
function upstream() {
  return releaseHost((_, response) => response.end(opa))
}
const pinned = { platform: 'linux-x64', checksums: { opa_linux_amd64_static: sha256Of(opa) } }

test('go.mod brings the version that is pinned, and names the program as a tool', () => {
  expect(OPA_VERSION).toBe('1.22.2')
  const lines = readFileSync('engine/compile/opa/go.mod', 'utf8').split('\n')
  expect(lines.filter((line) => line.includes('open-policy-agent/opa '))).toEqual([
    `require github.com/open-policy-agent/opa v${OPA_VERSION} // indirect`,
  ])
  expect(lines).toContain('tool github.com/open-policy-agent/opa')
})

describe('a configured compiler', () => {
  test('of the pinned version is used', async () => {
    const configured = await program('mine/opa', '1.22.2')
    expect(await findCompiler({ ...nowhere, configured })).toEqual({
      path: configured,
      version: '1.22.2',
      source: 'configured',
    })
  })

  test('of another version is refused, though the pinned one is on PATH', async () => {
    const configured = await program('mine/opa', '1.22.1')
    await program('bin/opa', '1.22.2')
    await expect(findCompiler({ ...nowhere, configured, searchPath: join(folder, 'bin') })).rejects.toMatchObject({
      code: 'COMPILER_REFUSED',
      message: `expected opa 1.22.2 at \`${configured}\`, got 1.22.1; point ALCADA_OPA at opa 1.22.2, or unset it to have that version brought`,
    })
  })

  test('that is not there is refused', async () => {
    await expect(findCompiler({ ...nowhere, configured: join(folder, 'none') })).rejects.toMatchObject({
      code: 'COMPILER_REFUSED',
    })
  })
})

describe('PATH', () => {
  test('gives the first compiler of exactly the pinned version, past others', async () => {
    await program('old/opa', '1.22.20')
    const path = await program('new/opa', '1.22.2')
    const searchPath = ['', 'relative', join(folder, 'empty'), join(folder, 'old'), join(folder, 'new')].join(delimiter)
    expect(await findCompiler({ ...nowhere, searchPath })).toEqual({ path, version: '1.22.2', source: 'path' })
  })
})

describe('the cache', () => {
  test('gives what was brought once, without asking anybody again', async () => {
    await using host = await upstream()
    const options = { ...nowhere, release: { ...pinned, url: host.url } }
    const first = await findCompiler(options)
    expect(first.source).toBe('release')
    expect(await findCompiler(options)).toEqual({ ...first, source: 'cache' })
    expect(host.requests).toEqual(['/download/v1.22.2/opa_linux_amd64_static'])
    expect((await stat(first.path)).mode & 0o777).toBe(0o500)
  })

  test('does not give a file that was changed, and mends it', async () => {
    await using host = await upstream()
    const options = { ...nowhere, release: { ...pinned, url: host.url } }
    const { path } = await findCompiler(options)
    await chmod(path, 0o700)
    await appendFile(path, '# and more\n')
    await expect(findCompiler(nowhere)).rejects.toMatchObject({
      tried: [{ source: 'cache', reason: `\`${path}\` is damaged (its SHA-256 is not the recorded one)` }, {}, {}, {}],
    })
    expect(await findCompiler(options)).toEqual({ path, version: '1.22.2', source: 'release' })
    expect(readFileSync(path, 'utf8')).toBe(opa)
  })

  test('is not trusted where others may write', async () => {
    await using host = await upstream()
    const release = { ...pinned, url: host.url }
    await findCompiler({ ...nowhere, release })
    await chmod(join(cacheDir, 'opa'), 0o777)
    await expect(findCompiler({ ...nowhere, release })).rejects.toThrow(
      `others may write to \`${join(cacheDir, 'opa')}\` (mode 777)`,
    )
  })

  test('is not trusted through a link', async () => {
    await using host = await upstream()
    const release = { ...pinned, url: host.url }
    const { path } = await findCompiler({ ...nowhere, release })
    await symlink(path, join(folder, 'link'))
    const other = join(folder, 'other', 'opa')
    await mkdir(other, { recursive: true })
    await symlink(path, join(other, path.split('/').at(-1) ?? ''))
    await expect(findCompiler({ ...nowhere, cacheDir: join(folder, 'other') })).rejects.toThrow('it is a symbolic link')
  })

  test('loses what an interrupted run left yesterday, not what a running one is making', async () => {
    await using host = await upstream()
    const yesterday = join(cacheDir, 'opa', 'incoming-a')
    const running = join(cacheDir, 'opa', 'incoming-b')
    for (const one of [yesterday, running]) await mkdir(one, { recursive: true, mode: 0o700 })
    await utimes(yesterday, new Date(), new Date(Date.now() - 25 * 60 * 60_000))
    await findCompiler({ ...nowhere, release: { ...pinned, url: host.url } })
    expect((await readdir(join(cacheDir, 'opa'))).filter((name) => name.startsWith('incoming-'))).toEqual([
      'incoming-b',
    ])
  })

  test('is filled once by many at the same time, and nothing half-done stays', async () => {
    await using host = await upstream()
    const options = { ...nowhere, release: { ...pinned, url: host.url } }
    const paths = await Promise.all(Array.from({ length: 6 }, async () => (await findCompiler(options)).path))
    expect(new Set(paths).size).toBe(1)
    expect(await readdir(join(cacheDir, 'opa'))).toHaveLength(1)
  })
})

test('when nothing can be had, the error lists each source with its reason, and the remedy', async () => {
  const old = await program('old/opa', '0.70.0')
  const progress: string[] = []
  const options = { ...nowhere, release: { checksums: {}, platform: 'linux-x64' }, searchPath: join(folder, 'old') }
  await expect(findCompiler({ ...options, onProgress: (line) => progress.push(line) })).rejects.toThrow(
    [
      'the policy compiler, opa 1.22.2, is not here and could not be brought',
      `  cache: no usable \`${cacheDir}/opa\`: ENOENT: no such file or directory, lstat '${cacheDir}/opa'`,
      `  path: \`${old}\` is 0.70.0`,
      '  release: no SHA-256 is pinned for `opa_linux_amd64_static` 1.22.2, so it is not downloaded',
      `  go: \`${folder}/no-go\` cannot be started: spawn ${folder}/no-go ENOENT`,
      'install opa 1.22.2 on PATH, or set ALCADA_OPA to it, or install Go and let it reach its module proxy',
    ].join('\n'),
  )
  expect(progress).toEqual([
    'no compiler from release: no SHA-256 is pinned for `opa_linux_amd64_static` 1.22.2, so it is not downloaded',
    'building opa 1.22.2 with go (about a minute, once)',
    `no compiler from go: \`${folder}/no-go\` cannot be started: spawn ${folder}/no-go ENOENT`,
  ])
})
