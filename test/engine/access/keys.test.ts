import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { developmentKeys } from '../../../engine/access/development-keys.ts'
import { listKeys, newKey, retireKey, rotateKey } from '../../../engine/access/keys.ts'
import { signingKey } from '../../../engine/access/signing-key.ts'
import type { Trust } from '../../../engine/contract/bundle-claims.ts'
import { parseTrust } from '../../../engine/contract/trust.ts'

const NOW_MS = Date.parse('2026-11-25T13:00:00Z')
const DAY_MS = 86_400_000
const now = (): number => NOW_MS

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'alcada-keys-')), '.alcada')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

function trust(): Trust {
  return parseTrust(readFileSync(join(folder, 'trust.json'), 'utf8'))
}

describe('a new key', () => {
  test('stands in trust.json with its use and validity, and never with its private half', async () => {
    const key = await newKey({ folder, use: 'bundle', days: 30, now })
    expect(key).toMatchObject({ state: 'active', can_sign: true, development: false })
    expect(trust().keys).toMatchObject([
      { id: key.id, use: 'bundle', not_before: '2026-11-25T13:00:00.000Z', not_after: '2026-12-25T13:00:00.000Z' },
    ])
    expect(readFileSync(join(folder, 'trust.json'), 'utf8')).not.toContain('"d"')
  })

  test('can be read by its owner only', async () => {
    const key = await newKey({ folder, use: 'bundle', now })
    expect(statSync(join(folder, 'keys', `${key.id}.json`)).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700)
  })

  test('of the token issuer stands in the key set for servers, not in trust.json', async () => {
    const key = await newKey({ folder, use: 'token', now })
    const set = JSON.parse(readFileSync(join(folder, 'token-keys.json'), 'utf8'))
    expect(set.keys).toMatchObject([{ kid: key.id, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' }])
    expect(Object.keys(set.keys[0])).not.toContain('d')
    expect(trust().keys).toEqual([])
  })

  test.each([0, 1827, 1.5])('is not made for %s days', async (days) => {
    await expect(newKey({ folder, use: 'bundle', days, now })).rejects.toMatchObject({ code: 'KEY_PERIOD_WRONG' })
  })

  test('leaves keys in trust.json alone whose private half is elsewhere', async () => {
    await newKey({ folder, use: 'bundle', now })
    const [first] = trust().keys
    const kms = { ...first, id: 'kms-1' }
    writeFileSync(join(folder, 'trust.json'), JSON.stringify({ keys: [...trust().keys, kms] }))
    await newKey({ folder, use: 'revocation', now })
    expect(trust().keys.map((key) => key.id)).toContain('kms-1')
    expect(trust().keys).toHaveLength(3)
  })

  test('made at the same time as others is not lost', async () => {
    await Promise.all(Array.from({ length: 8 }, () => newKey({ folder, use: 'bundle', now })))
    expect(trust().keys).toHaveLength(8)
  })
})

describe('a rotation', () => {
  test('trusts both keys for the overlap, and signs with the new one', async () => {
    const old = await newKey({ folder, use: 'bundle', now })
    const later = (): number => NOW_MS + DAY_MS
    const { created, ending } = await rotateKey({ folder, use: 'bundle', overlapDays: 7, now: later })
    expect(ending).toMatchObject([{ id: old.id, not_after: '2026-12-03T13:00:00.000Z', state: 'active' }])
    expect((await signingKey({ folder, use: 'bundle', now: later })).keyId).toBe(created.id)
    const after = await listKeys(folder, () => NOW_MS + 9 * DAY_MS)
    expect(after.map(({ id, state }) => [id, state])).toEqual([
      [created.id, 'active'],
      [old.id, 'ended'],
    ])
  })

  test('needs a key to rotate', async () => {
    await expect(rotateKey({ folder, use: 'bundle', now })).rejects.toMatchObject({ code: 'KEY_NONE' })
  })
})

describe('a retired key', () => {
  test('ends at once and can sign no more', async () => {
    const key = await newKey({ folder, use: 'bundle', now })
    const later = (): number => NOW_MS + 1000
    await retireKey({ folder, id: key.id, now: later })
    expect(trust().keys).toMatchObject([{ id: key.id, not_after: '2026-11-25T13:00:01.000Z' }])
    expect(await listKeys(folder, later)).toMatchObject([{ state: 'ended', can_sign: false }])
    await expect(signingKey({ folder, use: 'bundle', now: later })).rejects.toMatchObject({ code: 'KEY_NONE' })
    expect(readFileSync(join(folder, 'keys', `${key.id}.json`), 'utf8')).not.toContain('"d"')
  })

  test('that was never in force is gone from trust.json', async () => {
    const key = await newKey({ folder, use: 'bundle', now })
    await retireKey({ folder, id: key.id, now })
    expect(trust().keys).toEqual([])
    expect(await listKeys(folder, now)).toEqual([])
  })

  test('must be there', async () => {
    await expect(retireKey({ folder, id: 'nobody', now })).rejects.toMatchObject({ code: 'KEY_UNKNOWN' })
  })
})

test('a private key that others may read is refused', async () => {
  const key = await newKey({ folder, use: 'bundle', now })
  chmodSync(join(folder, 'keys', `${key.id}.json`), 0o640)
  await expect(signingKey({ folder, use: 'bundle', now })).rejects.toMatchObject({ code: 'KEY_EXPOSED' })
})

test('a signing key does not show its private half, however it is printed', async () => {
  const { id } = await newKey({ folder, use: 'bundle', now })
  const secret = JSON.parse(readFileSync(join(folder, 'keys', `${id}.json`), 'utf8')).jwk.d
  const key = await signingKey({ folder, use: 'bundle', now })
  expect(JSON.stringify(key)).not.toContain(secret)
  expect(Object.values(key).map(String).join()).not.toContain(secret)
})

describe('development keys', () => {
  test('are made once, always say that they are for development, and are kept out of repositories', async () => {
    const first = await developmentKeys(folder, now)
    const second = await developmentKeys(folder, now)
    expect(second.bundle.keyId).toBe(first.bundle.keyId)
    expect(second.token.keyId).toBe(first.token.keyId)
    expect(second.revocation.keyId).toBe(first.revocation.keyId)
    expect(
      trust()
        .keys.map(({ use, development }) => [use, development])
        .sort(),
    ).toEqual([
      ['bundle', true],
      ['revocation', true],
    ])
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n')
    expect(readdirSync(join(folder, 'keys'))).toHaveLength(3)
  })

  test('are never taken for production, nor a production key for one of them', async () => {
    const production = await newKey({ folder, use: 'bundle', now })
    const keys = await developmentKeys(folder, now)
    expect(keys.bundle.keyId).not.toBe(production.id)
    const found = await signingKey({ folder, use: 'bundle', development: false, now })
    expect(found.keyId).toBe(production.id)
  })

  test('are replaced before they end', async () => {
    const first = await developmentKeys(folder, now)
    const second = await developmentKeys(folder, () => NOW_MS + 84 * DAY_MS)
    expect(second.bundle.keyId).not.toBe(first.bundle.keyId)
    expect(trust().keys).toHaveLength(4)
  })
})
