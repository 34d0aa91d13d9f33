import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installInCache } from '../../../engine/compile/compiler/cache.ts'
import { fromRelease } from '../../../engine/compile/compiler/release.ts'
import { programOf, releaseHost, sha256Of } from '../../helpers/compiler/release-host.ts'

const opa = programOf('1.22.2')
const silent = (): void => undefined
const release = (url: string) => ({
  url,
  platform: 'linux-arm64',
  checksums: { opa_linux_arm64_static: sha256Of(opa) },
  patienceMs: 400,
})

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-release-'))
  file = join(folder, 'opa')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('the right bytes are taken', async () => {
  await using host = await releaseHost((_, response) => response.end(opa))
  const progress: string[] = []
  expect(await fromRelease(file, release(host.url), (line) => progress.push(line))).toBeNull()
  expect(await readFile(file, 'utf8')).toBe(opa)
  expect(progress).toEqual([`downloading ${host.url}/v1.22.2/opa_linux_arm64_static`])
})

test('other bytes are refused and never reach the cache', async () => {
  const other = `${opa}# one more line\n`
  await using host = await releaseHost((_, response) => response.end(other))
  const brought = await installInCache(folder, (target) => fromRelease(target, release(host.url), silent))
  expect(brought).toEqual({
    path: null,
    reason: `\`${host.url}/v1.22.2/opa_linux_arm64_static\` has SHA-256 ${sha256Of(other)}, expected ${sha256Of(opa)}; refused`,
  })
  expect(await readdir(join(folder, 'opa'))).toEqual([])
})

test('the right sum of another version is refused too', async () => {
  const older = programOf('1.22.1')
  await using host = await releaseHost((_, response) => response.end(older))
  const wrong = { ...release(host.url), checksums: { opa_linux_arm64_static: sha256Of(older) } }
  const brought = await installInCache(folder, (target) => fromRelease(target, wrong, silent))
  expect(brought).toEqual({ path: null, reason: 'what came is opa 1.22.1, expected 1.22.2' })
})

test('a platform without a pinned sum is not asked for', async () => {
  await using host = await releaseHost((_, response) => response.end(opa))
  expect(await fromRelease(file, { ...release(host.url), platform: 'darwin-arm64' }, silent)).toBe(
    'no SHA-256 is pinned for `opa_darwin_arm64_static` 1.22.2, so it is not downloaded',
  )
  expect(host.requests).toEqual([])
})

test('a platform that upstream does not build for is named', async () => {
  expect(await fromRelease(file, { platform: 'freebsd-x64' }, silent)).toBe('upstream publishes no opa for freebsd-x64')
})

test('a host that answers with an error is named with its status', async () => {
  await using host = await releaseHost((_, response) => response.writeHead(404).end('no such release'))
  expect(await fromRelease(file, release(host.url), silent)).toBe(
    `\`${host.url}/v1.22.2/opa_linux_arm64_static\` answered 404`,
  )
  expect(existsSync(file)).toBe(false)
})

test('a host that takes the connection and says nothing is given up', async () => {
  await using host = await releaseHost(() => undefined)
  expect(await fromRelease(file, release(host.url), silent)).toBe(
    `\`${host.url}/v1.22.2/opa_linux_arm64_static\` gave nothing for 400 ms`,
  )
})

test('a host that stops in the middle is given up', async () => {
  await using host = await releaseHost((_, response) => response.write(opa.slice(0, 10)))
  expect(await fromRelease(file, release(host.url), silent)).toBe(
    `\`${host.url}/v1.22.2/opa_linux_arm64_static\` gave nothing for 400 ms`,
  )
})

test('a slow host that keeps sending is waited for', async () => {
  await using host = await releaseHost((_, response) => {
    const pieces = [...opa].reverse()
    const timer = setInterval(() => {
      const piece = pieces.splice(-12).reverse().join('')
      if (piece === '') clearInterval(timer)
      if (piece === '') response.end()
      else response.write(piece)
    }, 100)
  })
  expect(await fromRelease(file, release(host.url), silent)).toBeNull()
})

test('a host that is not there is given up at once', async () => {
  const gone = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => gone.once('listening', resolve))
  const address = gone.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await new Promise((resolve) => gone.close(resolve))
  expect(await fromRelease(file, release(`http://127.0.0.1:${port}`), silent)).toBe(
    `\`http://127.0.0.1:${port}/v1.22.2/opa_linux_arm64_static\` cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}`,
  )
})
