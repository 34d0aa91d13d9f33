import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { revealed, Secret } from '../../../servers/credentials/secret.ts'
import { openSecretsFile } from '../../../servers/credentials/secrets-file.ts'

const SPEC = { secret: ['user', 'password'], plain: ['company_id'] }
const AURORA = { user: 'maker', password: 'p4ss-w0rd', company_id: '1' }
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-secrets-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function file(content: unknown, mode = 0o600): Promise<string> {
  const path = join(folder, 'secrets.json')
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  await chmod(path, mode)
  return path
}

test('each company has its own values, plain ones as text and the rest as secrets', async () => {
  const brisa = { user: 'brisa', password: 'other', company_id: '2' }
  const store = await openSecretsFile(await file({ '12ABC34501DE35': brisa, '12345678000195': AURORA }), SPEC)
  expect(store.companies()).toEqual(['12345678000195', '12ABC34501DE35'])
  expect(store.get('12345678000195', 'company_id')).toBe('1')
  expect(store.get('12345678000195', 'password')).toBeInstanceOf(Secret)
  expect(revealed(store.get('12345678000195', 'password'))).toBe('p4ss-w0rd')
  expect(revealed(store.get('12ABC34501DE35', 'password'))).toBe('other')
})

test.each([0o640, 0o604, 0o660, 0o777])(
  'a file that others can reach (%o) is refused with what to do',
  async (mode) => {
    await expect(openSecretsFile(await file({ '12345678000195': AURORA }, mode), SPEC)).rejects.toMatchObject({
      code: 'SECRETS_OPEN_TO_OTHERS',
      message: expect.stringContaining('chmod 600'),
    })
  },
)

test('a file that only its owner may read is taken', async () => {
  const store = await openSecretsFile(await file({ '12345678000195': AURORA }, 0o400), SPEC)
  expect(store.companies()).toEqual(['12345678000195'])
})

test('a missing file and a folder are refused', async () => {
  await expect(openSecretsFile(join(folder, 'none.json'), SPEC)).rejects.toMatchObject({ code: 'SECRETS_UNREADABLE' })
  const sub = join(folder, 'sub')
  await mkdir(sub, { mode: 0o700 })
  await expect(openSecretsFile(sub, SPEC)).rejects.toMatchObject({ code: 'SECRETS_NOT_A_FILE' })
})

test.each([
  ['a missing name', { '12345678000195': { user: 'a', password: 'p4ss-w0rd' } }, 'SECRETS_NAME_MISSING'],
  ['an unknown name', { '12345678000195': { ...AURORA, pasword: 'p4ss-w0rd' } }, 'SECRETS_NAME_UNKNOWN'],
  ['a key that is no CNPJ', { '12.345.678/0001-95': AURORA }, 'SECRETS_COMPANY'],
  ['a value that is no text', { '12345678000195': { ...AURORA, company_id: 1 } }, 'SECRETS_MALFORMED'],
  ['an empty value', { '12345678000195': { ...AURORA, user: '' } }, 'SECRETS_MALFORMED'],
  ['a list', [AURORA], 'SECRETS_MALFORMED'],
  ['a company that stands twice', '{"12345678000195":{"user":"p4ss-w0rd"},"12345678000195":{}}', 'SECRETS_MALFORMED'],
  ['text that is no JSON', 'password=p4ss-w0rd', 'SECRETS_MALFORMED'],
])('%s is refused and no value is told', async (_, content, code) => {
  const refused = openSecretsFile(await file(content), SPEC)
  await expect(refused).rejects.toMatchObject({ code })
  await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('p4ss-w0rd') })
})

test('there is no fallback to another company', async () => {
  const store = await openSecretsFile(await file({ '12345678000195': AURORA }), SPEC)
  expect(() => store.get('12ABC34501DE35', 'user')).toThrow(expect.objectContaining({ code: 'CREDENTIAL_UNKNOWN' }))
  expect(() => store.get('12345678000195', 'toString')).toThrow(expect.objectContaining({ code: 'CREDENTIAL_UNKNOWN' }))
})

test('a secret cannot be printed', () => {
  const secret = new Secret('p4ss-w0rd')
  expect(
    [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(Object.values(secret))].join(),
  ).not.toContain('p4ss')
})
