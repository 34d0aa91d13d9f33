import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { auditPath } from '../../../engine/access/credential-audit.ts'
import {
  type CredentialStore,
  dropOldCredentialKeys,
  listCredentials,
  removeCredentials,
  rotateCredentialKey,
  setCredentials,
} from '../../../engine/access/credentials.ts'
import { parseCredentialKeys } from '../../../engine/contract/credential-key.ts'
import { openCredentialStore } from '../../../engine/contract/credential-store.ts'

const AURORA = '12345678000195'
const BRISA = '12ABC34501DE35'
const VALUES = { app_key: '1560731700000', app_secret: 'c4n4ry-app-secret' }
const OTHER_KEY = randomBytes(32).toString('base64')
const NOW = Date.parse('2026-11-25T13:00:00Z')

let folder = ''
let store: CredentialStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-credentials-'))
  store = storeOf('omie')
})
afterEach(() => rm(folder, { recursive: true }))

function storeOf(erp: string): CredentialStore {
  const key = { kind: 'file', path: join(folder, 'keys', `${erp}.key`) } as const
  return { erp, path: join(folder, 'credentials', erp, 'store.jwe'), key, now: () => NOW }
}

function set(company: string, values: Record<string, string> = VALUES, into: CredentialStore = store) {
  return setCredentials(into, { company, action: 'set', values: () => values })
}

async function keyText(erp = 'omie'): Promise<string> {
  return readFile(join(folder, 'keys', `${erp}.key`), 'utf8')
}

async function opened(keys: string, erp = 'omie') {
  const sealed = await readFile(storeOf(erp).path, 'utf8')
  return openCredentialStore(sealed, { erp, keys: parseCredentialKeys(keys) })
}

async function audit(): Promise<Record<string, unknown>[]> {
  return (await readFile(auditPath(store.path), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('what is set can be opened with the key of that ERP, and the file shows nothing of it', async () => {
  await set(AURORA)
  await set(BRISA, { app_key: 'b', app_secret: 'c' })
  const { content } = await opened(await keyText())
  expect(content.companies[AURORA]).toEqual({ changed_at: '2026-11-25T13:00:00.000Z', values: VALUES })
  const sealed = await readFile(store.path, 'utf8')
  for (const hidden of [AURORA, 'app_secret', 'c4n4ry']) expect(sealed).not.toContain(hidden)
  expect(JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({
    alg: 'dir',
    enc: 'A256GCM',
    erp: 'omie',
  })
})

test('files belong to their owner alone, and so do the folders that are made', async () => {
  await set(AURORA)
  for (const path of [store.path, `${store.path}.lock`, auditPath(store.path), join(folder, 'keys', 'omie.key')]) {
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700)
  }
})

test('a list names companies and names, and no value', async () => {
  await set(BRISA)
  await set(AURORA)
  const listed = await listCredentials(store)
  expect(listed.companies).toEqual([
    { company: AURORA, names: ['app_key', 'app_secret'], changed_at: '2026-11-25T13:00:00.000Z' },
    { company: BRISA, names: ['app_key', 'app_secret'], changed_at: '2026-11-25T13:00:00.000Z' },
  ])
  expect(JSON.stringify(listed)).not.toContain('c4n4ry')
})

test('a store that is not there is empty to a list, and to nothing else', async () => {
  expect(await listCredentials(store)).toEqual({ key: null, companies: [] })
  await expect(rotateCredentialKey(store)).rejects.toMatchObject({ code: 'STORE_NONE' })
  await expect(removeCredentials(store, AURORA)).rejects.toMatchObject({ code: 'COMPANY_UNKNOWN' })
})

test('only what is there is removed or renewed', async () => {
  await set(AURORA)
  await expect(removeCredentials(store, BRISA)).rejects.toMatchObject({ code: 'COMPANY_UNKNOWN' })
  const renewed = setCredentials(store, { company: BRISA, action: 'rotate', values: () => VALUES })
  await expect(renewed).rejects.toMatchObject({ code: 'COMPANY_UNKNOWN' })
  await removeCredentials(store, AURORA)
  expect((await listCredentials(store)).companies).toEqual([])
})

test('ten that are set at once are all there', async () => {
  const companies = Array.from({ length: 10 }, (_, index) => `1234567800${index}195`)
  await Promise.all(companies.map((company) => set(company)))
  expect((await listCredentials(store)).companies.map(({ company }) => company)).toEqual(companies)
})

describe('a store that cannot be opened is refused, and stays as it was', () => {
  test.each([
    ['another key', async () => writeFile(keyPath(), OTHER_KEY), 'STORE_KEY_WRONG'],
    ['a key that is cut off', async () => writeFile(keyPath(), 'q83vEjRWeJ'), 'STORE_KEY_MALFORMED'],
    ['a key of zeros', async () => writeFile(keyPath(), '00'.repeat(32)), 'STORE_KEY_MALFORMED'],
    ['no key', async () => rm(keyPath()), 'KEY_NONE'],
    ['a key that others can read', async () => chmod(keyPath(), 0o644), 'FILE_EXPOSED'],
    ['a store that others can read', async () => chmod(store.path, 0o640), 'FILE_EXPOSED'],
    ['a folder that others can write to', async () => chmod(dirname(store.path), 0o777), 'FILE_EXPOSED'],
    ['half of it', () => spoil((text) => text.slice(0, text.length / 2)), 'STORE_MALFORMED'],
    ['all but its last characters', () => spoil((text) => text.trimEnd().slice(0, -3)), 'STORE_MALFORMED'],
    ['nothing in it', () => spoil(() => ''), 'STORE_MALFORMED'],
    ['other text', () => spoil(() => '{"companies":{}}'), 'STORE_MALFORMED'],
    ['one character changed in what is sealed', () => spoil(changed(3)), 'STORE_ALTERED'],
    ['one character changed in the tag', () => spoil(changed(4)), 'STORE_ALTERED'],
    ['another ERP in its header', () => spoil(header({ erp: 'nibo' })), 'STORE_OTHER_ERP'],
    ['another algorithm in its header', () => spoil(header({ alg: 'A256KW' })), 'STORE_MALFORMED'],
  ])('%s', async (_, spoiled, code) => {
    await set(AURORA)
    await spoiled()
    const before = await readFile(store.path)
    await expect(set(BRISA)).rejects.toMatchObject({ code })
    expect(await readFile(store.path)).toEqual(before)
  })

  test("an ERP's store is refused as another's, even with the right key", async () => {
    await set(AURORA)
    const nibo = { ...storeOf('nibo'), path: store.path, key: store.key }
    await expect(listCredentials(nibo)).rejects.toMatchObject({ code: 'STORE_OTHER_ERP' })
  })

  test('the ERP in the header cannot be changed: the seal covers it', async () => {
    await set(AURORA)
    const sealed = header({ erp: 'nibo' })(await readFile(store.path, 'utf8'))
    const opening = openCredentialStore(sealed, { erp: 'nibo', keys: parseCredentialKeys(await keyText()) })
    await expect(opening).rejects.toMatchObject({ code: 'STORE_ALTERED' })
  })

  const keyPath = (): string => join(folder, 'keys', 'omie.key')
  const spoil = async (change: (text: string) => string): Promise<void> =>
    writeFile(store.path, change(await readFile(store.path, 'utf8')))
  const changed =
    (part: number) =>
    (text: string): string => {
      const parts = text.trimEnd().split('.')
      const old = parts[part] ?? ''
      parts[part] = `${old.startsWith('A') ? 'B' : 'A'}${old.slice(1)}`
      return parts.join('.')
    }
  const header =
    (change: object) =>
    (text: string): string => {
      const [old = '', ...rest] = text.split('.')
      const fields = { ...JSON.parse(Buffer.from(old, 'base64url').toString()), ...change }
      return [Buffer.from(JSON.stringify(fields)).toString('base64url'), ...rest].join('.')
    }
})

describe('a new key', () => {
  test('stands before the old one in the key file, so that both open until the old one is dropped', async () => {
    await set(AURORA)
    const old = await keyText()
    const sealedBefore = await readFile(store.path, 'utf8')
    const { key, before } = await rotateCredentialKey(store)
    const both = await keyText()
    expect(parseCredentialKeys(both).map(({ id }) => id)).toEqual([key, before])
    expect((await opened(both)).content.companies[AURORA]?.values).toEqual(VALUES)
    // A server that read the keys anew and meets the store as it was.
    const early = await openCredentialStore(sealedBefore, { erp: 'omie', keys: parseCredentialKeys(both) })
    expect(early.keyId).toBe(before)
    await expect(opened(old)).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })

    await dropOldCredentialKeys(store)
    expect(parseCredentialKeys(await keyText()).map(({ id }) => id)).toEqual([key])
    expect((await opened(await keyText())).content.companies[AURORA]?.values).toEqual(VALUES)
  })

  test('is not dropped while the store needs the old one', async () => {
    await set(AURORA)
    await writeFile(join(folder, 'keys', 'omie.key'), `${OTHER_KEY}\n${await keyText()}`)
    await expect(dropOldCredentialKeys(store)).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
    expect(parseCredentialKeys(await keyText())).toHaveLength(2)
  })

  test('that is given from elsewhere seals when it stands first, and one alone is no new one', async () => {
    await set(AURORA)
    const old = await keyText()
    const given = (text: string): CredentialStore => ({ ...store, key: { kind: 'value', text } })
    await expect(rotateCredentialKey(given(old))).rejects.toMatchObject({ code: 'KEY_NOT_NEW' })
    await rotateCredentialKey(given(`${OTHER_KEY} ${old}`))
    expect((await opened(OTHER_KEY)).content.companies[AURORA]?.values).toEqual(VALUES)
    await expect(dropOldCredentialKeys(given(OTHER_KEY))).rejects.toMatchObject({ code: 'KEY_ELSEWHERE' })
  })
})

describe('a key that a command prints', () => {
  const commanded = (script: string): CredentialStore => ({
    ...store,
    key: { kind: 'command', words: [process.execPath, '-e', script] },
  })

  test('seals and opens', async () => {
    const vault = commanded(`console.log('${OTHER_KEY}')`)
    await set(AURORA, VALUES, vault)
    expect((await listCredentials(vault)).companies).toHaveLength(1)
    expect((await opened(OTHER_KEY)).keyId).toBe(parseCredentialKeys(OTHER_KEY)[0]?.id)
  })

  test.each([
    ['that fails', `console.error('c4n4ry-vault-token'); process.exit(7)`, 'KEY_COMMAND_FAILED', 'exit code 7'],
    ['that prints too much', `console.log('x'.repeat(9000))`, 'KEY_COMMAND_FAILED', 'expected ALCADA_CREDENTIALS'],
    ['that prints no key', `console.log('c4n4ry-vault-token')`, 'STORE_KEY_MALFORMED', 'base64 or hex'],
  ])('%s is refused, and nothing it said is repeated', async (_, script, code, words) => {
    const refused = set(AURORA, VALUES, commanded(script))
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
    const error = await refused.catch((thrown: unknown) => thrown)
    expect(`${error instanceof Error ? `${error.stack} ${error.cause}` : error}`).not.toContain('c4n4ry')
    expect(await readFile(auditPath(store.path), 'utf8')).not.toContain('c4n4ry')
  })

  test('its words go through no shell', async () => {
    const words = ['echo', `${OTHER_KEY};`, 'touch', join(folder, 'owned')]
    await expect(set(AURORA, VALUES, { ...store, key: { kind: 'command', words } })).rejects.toMatchObject({
      code: 'STORE_KEY_MALFORMED',
    })
    await expect(stat(join(folder, 'owned'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('the audit log', () => {
  test('has what was begun and what came of it, who did it, and no value', async () => {
    await set(AURORA)
    await expect(removeCredentials(store, BRISA)).rejects.toThrow()
    await writeFile(join(folder, 'keys', 'omie.key'), OTHER_KEY)
    await expect(listCredentials(store)).rejects.toThrow()
    const lines = await audit()
    expect(lines.map(({ action, company, outcome, code }) => [action, company, outcome, code ?? null])).toEqual([
      ['set', AURORA, 'begun', null],
      ['set', AURORA, 'done', null],
      ['remove', BRISA, 'begun', null],
      ['remove', BRISA, 'failed', 'COMPANY_UNKNOWN'],
      ['list', null, 'begun', null],
      ['list', null, 'failed', 'STORE_KEY_WRONG'],
    ])
    expect(lines[1]).toMatchObject({ erp: 'omie', names: ['app_key', 'app_secret'], by: expect.any(String) })
    expect(JSON.stringify(lines)).not.toContain('c4n4ry')
  })

  test('that cannot be written lets nothing be done', async () => {
    await set(AURORA)
    const before = await readFile(store.path)
    await rm(auditPath(store.path))
    await mkdir(auditPath(store.path))
    await expect(set(BRISA)).rejects.toMatchObject({ code: 'EISDIR' })
    expect(await readFile(store.path)).toEqual(before)
  })
})
