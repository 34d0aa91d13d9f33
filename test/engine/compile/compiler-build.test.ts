import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromGo } from '../../../engine/compile/compiler/build.ts'
import { findCompiler } from '../../../engine/compile/compiler/find.ts'
import { runCompiler } from '../../../engine/compile/compiler/run.ts'
import { needs } from '../../helpers/needs.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-build-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const go = needs('go', 'opa')
describe.skipIf(go.missing !== null)('go build', () => {
  test('makes an opa of the pinned version, with its WebAssembly engine, in an empty cache', {
    timeout: 900_000,
  }, async () => {
    const progress: string[] = []
    const compiler = await findCompiler({
      cacheDir: folder,
      onProgress: (line) => progress.push(line),
      release: { checksums: {} },
    })
    expect(compiler).toMatchObject({ version: '1.22.2', source: 'go' })
    expect(progress).toContain('building opa 1.22.2 with go (about a minute, once)')
    const { stdout } = await runCompiler(compiler.path, ['version'], { cwd: folder })
    expect(stdout).toMatch(/^Version: 1\.22\.2$/m)
    expect(stdout).toMatch(/^WebAssembly: available$/m)
  })

  test('gives up a module proxy that takes the connection and says nothing', async () => {
    const proxy = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const { port } = proxy.address() as AddressInfo
    const command = await goWith({ GOPROXY: `http://127.0.0.1:${port}`, GOMODCACHE: join(folder, 'modules') })
    expect(await fromGo(join(folder, 'opa'), { command, patienceMs: 1_500 }, () => undefined)).toBe(
      'the Go module proxy gave nothing for 1.5 s (`go env GOPROXY` shows which one)',
    )
    proxy.close()
  })

  test('says in the words of the go tool why a build failed', async () => {
    const command = await goWith({ GOPROXY: 'off', GOMODCACHE: join(folder, 'modules') })
    expect(await fromGo(join(folder, 'opa'), { command }, () => undefined)).toMatch(
      /^go mod download failed: .*module lookup disabled by GOPROXY=off/,
    )
  })
})

/** The real go tool, with other settings. */
async function goWith(settings: Record<string, string>): Promise<string> {
  const path = join(folder, 'go')
  const words = Object.entries(settings).map(([name, value]) => `${name}='${value}'`)
  await writeFile(path, `#!/bin/sh\nexec env ${words.join(' ')} GOFLAGS=-modcacherw go "$@"\n`, { mode: 0o755 })
  return path
}
