import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setCredentials } from '../../../engine/access/credentials.ts'
import { type HeldCredentials, holdCredentials } from '../../../servers/credentials/held.ts'
import { revealed, Secret } from '../../../servers/credentials/secret.ts'
import { filesOf, openCredentials } from '../../../servers/credentials/source.ts'
import type { StoreKeySource } from '../../../servers/credentials/store-keys.ts'

const AURORA = '12345678000195'
const ERP = { name: 'tryton', credentials: { secret: ['user', 'password'], plain: ['company_id'] } }
const VALUES = { user: 'maker', password: 'c4n4ry-password', company_id: '1' }
const KEY = randomBytes(32).toString('base64')
let folder = ''
let path = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-source-'))
  path = join(folder, 'store.jwe')
  await set(VALUES)
})
afterEach(() => rm(folder, { recursive: true }))

async function set(values: Record<string, string>): Promise<void> {
  const store = { erp: 'tryton', path, key: { kind: 'value', text: KEY } as const }
  await setCredentials(store, { company: AURORA, action: 'set', values: () => values })
}

function open(key: StoreKeySource) {
  return openCredentials({ kind: 'store', path, key }, ERP)
}

async function keyFile(text: string, mode = 0o600): Promise<StoreKeySource> {
  const file = join(folder, 'key')
  await writeFile(file, text)
  await chmod(file, mode)
  return { kind: 'file', path: file }
}

function command(script: string): StoreKeySource {
  return { kind: 'command', words: [process.execPath, '-e', script] }
}

describe('a store is opened with a key', () => {
  test.each<[string, () => StoreKeySource | Promise<StoreKeySource>]>([
    ['in a file', () => keyFile(`${KEY}\n`)],
    ['in an environment variable', () => ({ kind: 'value', text: new Secret(KEY) })],
    ['that a command prints', () => command(`console.log('${KEY}')`)],
    ['beside the next one', () => keyFile(`${randomBytes(32).toString('hex')}\n${KEY}`)],
  ])('%s', async (_, key) => {
    const opened = await open(await key())
    expect(opened.companies()).toEqual([AURORA])
    expect(revealed(opened.get(AURORA, 'password'))).toBe('c4n4ry-password')
    expect(opened.get(AURORA, 'company_id')).toBe('1')
  })

  test.each<[string, () => StoreKeySource | Promise<StoreKeySource>, string]>([
    ['another key', () => keyFile(randomBytes(32).toString('base64')), 'STORE_KEY_WRONG'],
    ['a key file that others can read', () => keyFile(KEY, 0o644), 'SECRETS_OPEN_TO_OTHERS'],
    ['a key file that is not there', () => ({ kind: 'file', path: join(folder, 'none') }), 'SECRETS_UNREADABLE'],
    ['no key', () => keyFile(' \n'), 'STORE_KEY_MALFORMED'],
    ['a command that fails', () => command(`console.error('c4n4ry'); process.exit(3)`), 'KEY_COMMAND_FAILED'],
    ['a command that is not there', () => ({ kind: 'command', words: ['alcada-no-such-vault'] }), 'KEY_COMMAND_FAILED'],
  ])('and not with %s', async (_, key, code) => {
    const refused = open(await key())
    await expect(refused).rejects.toMatchObject({ name: 'CredentialsError', code })
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('c4n4ry') })
  })
})

test('a company that lacks what erp.yaml asks for is refused', async () => {
  await set({ user: 'maker' })
  await expect(open(await keyFile(KEY))).rejects.toMatchObject({ code: 'SECRETS_NAME_MISSING' })
})

test('the store and the file of its key are what may change', async () => {
  const key = await keyFile(KEY)
  expect(filesOf({ kind: 'store', path, key })).toEqual([path, join(folder, 'key')])
  expect(filesOf({ kind: 'store', path, key: command('') })).toEqual([path])
  expect(filesOf({ kind: 'file', path })).toEqual([path])
})

test('who holds credentials gets the newest, and is told which companies have others', async () => {
  const key = await keyFile(KEY)
  const held: HeldCredentials = holdCredentials(await open(key), ERP.credentials)
  expect(held.replace(await open(key))).toEqual([])
  await set({ ...VALUES, password: 'another-password' })
  expect(held.replace(await open(key))).toEqual([AURORA])
  expect(revealed(held.get(AURORA, 'password'))).toBe('another-password')
})
