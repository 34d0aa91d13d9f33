import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { publishBundle } from '../../../engine/publish/bundle.ts'
import type { ChannelWriter } from '../../../engine/publish/channel.ts'
import { folderWriter } from '../../../engine/publish/folder.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')
const run = promisify(execFile)

describe.skipIf(opa.missing !== null)('publishing to a folder', () => {
  const key = forgeKey()
  let files: Map<string, Uint8Array>
  let channelDir: string
  let channel: ChannelWriter

  beforeAll(() => {
    files = forgeFiles(inject('compiler'), 'omie')
  })
  beforeEach(() => {
    channelDir = mkdtempSync(join(tmpdir(), 'alcada-publish-'))
    channel = folderWriter(channelDir)
  })
  afterEach(() => rmSync(channelDir, { recursive: true }))

  const bundle = (revision: number): Promise<Uint8Array> => forgeBundle(files, key, { revision })

  function published(): number {
    const bytes = readFileSync(join(channelDir, 'omie', 'bundle.tar.gz'))
    return verifyBundle(bytes, { erp: 'omie', trust: trustOf(key), nowMs: NOW_MS }).claims.revision
  }

  test('begins with revision 1 and counts up', async () => {
    const first = await publishBundle({ channel, erp: 'omie', bundle })
    const second = await publishBundle({ channel, erp: 'omie', bundle })
    expect([first.revision, second.revision]).toEqual([1, 2])
    expect(second.at).toBe(join(channelDir, 'omie', 'bundle.tar.gz'))
    expect(published()).toBe(2)
  })

  test('ERPs are numbered independently', async () => {
    await publishBundle({ channel, erp: 'omie', bundle })
    const nibo = await publishBundle({ channel, erp: 'nibo', bundle })
    expect(nibo.revision).toBe(1)
  })

  test('two processes and four tasks at once get every number once, and the newest stays', async () => {
    const filesFrom = join(channelDir, 'files.tar.gz')
    const keyFile = join(channelDir, 'key.pem')
    writeFileSync(filesFrom, await bundle(1))
    writeFileSync(keyFile, key.privatePem, { mode: 0o600 })
    const publisher = join(import.meta.dirname, '../../helpers/forge/publisher.ts')
    const processes = [0, 1].map(() => run(process.execPath, [publisher, channelDir, filesFrom, keyFile, '8']))
    const tasks = [0, 1, 2, 3].map(() => publishBundle({ channel, erp: 'omie', bundle }))
    const outputs = await Promise.all(processes)
    const numbers = outputs.flatMap(({ stdout }): number[] => JSON.parse(stdout))
    numbers.push(...(await Promise.all(tasks)).map(({ revision }) => revision))
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(published()).toBe(20)
  })

  test('nothing is left behind, and nothing is replaced, when making the bundle fails', async () => {
    await publishBundle({ channel, erp: 'omie', bundle })
    const failing = publishBundle({
      channel,
      erp: 'omie',
      bundle: () => {
        throw new Error('no key')
      },
    })
    await expect(failing).rejects.toThrow('no key')
    expect(published()).toBe(1)
    expect(readdirSync(join(channelDir, 'omie')).sort()).toEqual(['.lock', 'bundle.tar.gz'])
  })

  test('a bundle that bears another number is not published', async () => {
    const wrong = publishBundle({ channel, erp: 'omie', bundle: () => bundle(9) })
    await expect(wrong).rejects.toMatchObject({ code: 'REVISION_WRONG' })
  })

  test('it waits for another publish only so long', async () => {
    let end: (value: Uint8Array) => void = () => undefined
    const slow = publishBundle({
      channel,
      erp: 'omie',
      bundle: () => new Promise<Uint8Array>((resolve) => (end = resolve)),
    })
    const second = publishBundle({ channel, erp: 'omie', bundle, waitMs: 60 })
    await expect(second).rejects.toMatchObject({ code: 'CHANNEL_BUSY' })
    end(await bundle(1))
    expect((await slow).revision).toBe(1)
  })

  test('something else in the channel stops it, until it is told what servers have seen', async () => {
    await publishBundle({ channel, erp: 'omie', bundle })
    writeFileSync(join(channelDir, 'omie', 'bundle.tar.gz'), 'rubble')
    const blind = publishBundle({ channel, erp: 'omie', bundle })
    await expect(blind).rejects.toMatchObject({ code: 'CHANNEL_BROKEN' })
    const told = await publishBundle({ channel, erp: 'omie', bundle, above: 41 })
    expect(told.revision).toBe(42)
  })
})
