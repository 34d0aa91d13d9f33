import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newKey } from '../../../engine/access/keys.ts'
import { type ReleaseKey, releaseKey } from '../../../engine/commands/release-key.ts'
import type { Trust } from '../../../engine/contract/bundle-claims.ts'
import { parseTrust } from '../../../engine/contract/trust.ts'

let folder: string
let trust: Trust
let id: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alcada-release-'))
  id = (await newKey({ folder, use: 'bundle' })).id
  trust = parseTrust(readFileSync(join(folder, 'trust.json'), 'utf8'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = (settings: { key?: string; command?: string; keyId?: string }): Promise<ReleaseKey> =>
  releaseKey(
    { key: undefined, command: undefined, keyId: undefined, ...settings },
    { folder, trust, nowMs: Date.now() },
  )
const text = (): string => readFileSync(join(folder, 'keys', readdirSync(join(folder, 'keys'))[0] ?? ''), 'utf8')
const bytes = new TextEncoder().encode('what is signed')

test('a folder, a secret’s text and a program sign alike', async () => {
  const script = join(folder, 'kms.mjs')
  writeFileSync(
    script,
    `import { createPrivateKey, sign } from 'node:crypto'
const key = createPrivateKey({ key: ${JSON.stringify(JSON.parse(text()).jwk)}, format: 'jwk' })
const parts = []
for await (const part of process.stdin) parts.push(part)
console.log(sign(null, Buffer.concat(parts), key).toString('base64'))
`,
  )
  const keys = [
    await open({}),
    await open({ key: text() }),
    await open({ command: `${process.execPath} ${script}`, keyId: id }),
  ]
  const signatures = await Promise.all(keys.map((key) => key.sign(bytes)))
  expect(keys.map(({ keyId }) => keyId)).toEqual([id, id, id])
  expect(signatures[1]).toEqual(signatures[0])
  expect(signatures[2]).toEqual(signatures[0])
})

test.each<[string, { key?: string; command?: string; keyId?: string }, string]>([
  [
    'another text than a key’s',
    { key: 'hunter2' },
    'expected a key in ALCADA_BUNDLE_KEY, as `alcada keys new` writes it, got something else',
  ],
  [
    'a program of a key that trust.json does not know',
    { command: 'true', keyId: 'other' },
    'no trusted bundle key is called `other`',
  ],
  ['a program of no key', { command: 'true' }, 'expected `ALCADA_BUNDLE_KEY_ID` beside `ALCADA_BUNDLE_KEY_COMMAND`'],
  ['two sources', { key: '{}', command: 'true' }, 'expected one of `ALCADA_BUNDLE_KEY`, `ALCADA_BUNDLE_KEY_COMMAND`'],
])('%s is refused, and nothing secret is shown', async (_what, settings, message) => {
  await expect(open(settings)).rejects.toThrow(message)
})

test('a program that fails, or prints no signature, signs nothing', async () => {
  const failing = await open({ command: 'false', keyId: id })
  await expect(async () => failing.sign(bytes)).rejects.toThrow(
    'ALCADA_BUNDLE_KEY_COMMAND exit code 0, got 1; nothing was signed',
  )
  const talking = await open({ command: 'echo aGVsbG8=', keyId: id })
  await expect(async () => talking.sign(bytes)).rejects.toThrow('a signature of 64 bytes in base64, got 5 bytes')
})

test('a development key signs no release', async () => {
  const development = mkdtempSync(join(tmpdir(), 'alcada-release-dev-'))
  try {
    await newKey({ folder: development, use: 'bundle', development: true })
    const file = join(development, 'keys', readdirSync(join(development, 'keys'))[0] ?? '')
    await expect(open({ key: readFileSync(file, 'utf8') })).rejects.toThrow('is for development')
  } finally {
    rmSync(development, { recursive: true })
  }
})
