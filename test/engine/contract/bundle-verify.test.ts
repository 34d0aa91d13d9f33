import { createHmac } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { type VerifiedBundle, verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { sha256 } from '../../../engine/contract/canonical.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import * as tamper from '../../helpers/forge/tamper.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')
const NAMES = ['data.json', '.manifest', 'catalogue.json', 'canaries.json', 'policy.wasm', 'omie/decision.rego']

describe.skipIf(opa.missing !== null)('a bundle', () => {
  const key = forgeKey()
  const trust = trustOf(key)
  let files: Map<string, Uint8Array>
  let good: Uint8Array

  beforeAll(async () => {
    files = forgeFiles(inject('compiler'), 'omie')
    good = await forgeBundle(files, key)
  })

  const verify = (bytes: Uint8Array, erp = 'omie', nowMs = NOW_MS): VerifiedBundle =>
    verifyBundle(bytes, { erp, trust, nowMs })

  function codeOf(bytes: Uint8Array, erp?: string, nowMs?: number): string {
    try {
      verify(bytes, erp, nowMs)
      return 'accepted'
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : `uncoded: ${error}`
    }
  }

  /** A bundle of these files, signed by a trusted key that looked at nothing. */
  async function carelesslySigned(
    changed: Record<string, string | Uint8Array>,
    claims: object = {},
  ): Promise<Uint8Array> {
    const all = new Map<string, Uint8Array>([...files, ...Object.entries(changed).map(bytesOf)])
    const list = [...all].map(([name, content]) => ({ name, hash: sha256(content), algorithm: 'SHA-256' }))
    const token = await tamper.forgeToken(key, { ...tamper.tokenOf(good).payload, files: list, ...claims })
    return tamper.withTokens(tamper.repack(all), token)
  }

  test('that is as it was signed is verified, with who, when and why', () => {
    const verified = verify(good)
    expect(verified.claims).toEqual({
      scope: 'omie',
      revision: 7,
      commit: '0123456789abcdef0123456789abcdef01234567',
      pull_request: 12,
      author: 'ana',
      approvers: ['bruno'],
      check_run: 4711,
      iat: 1_795_611_540,
      exp: 1_798_203_600,
      compiler: 'opa 1.22.2',
    })
    expect(verified).toMatchObject({ keyId: 'release-1', development: false, validUntilMs: 1_798_203_600_000 })
    expect(verified.canaries).toHaveLength(2)
  })

  test('has the same bytes when it is made again, and another seal but the same digest under another revision', async () => {
    expect(await forgeBundle(files, key)).toEqual(good)
    const next = verify(await forgeBundle(files, key, { revision: 8 }))
    expect(next.digest).toBe(verify(good).digest)
    expect(next.seal).not.toBe(verify(good).seal)
  })

  describe('is refused when', () => {
    test.each(NAMES)('a bit of %s is turned over', (name) => {
      expect(codeOf(tamper.flipped(good, name))).toBe('BUNDLE_HASH_MISMATCH')
    })

    test.each(NAMES)('%s is taken away', (name) => {
      expect(codeOf(tamper.withFile(good, name, null))).toBe('BUNDLE_FILES_DIFFER')
    })

    test.each(NAMES)('%s is called otherwise', (name) => {
      expect(codeOf(tamper.renamed(good, name, `${name}2`))).toBe('BUNDLE_FILES_DIFFER')
    })

    test.each(['omie/more.rego', 'omie/data.json', 'README.md', '.signatures.json2'])('%s is added', (name) => {
      expect(codeOf(tamper.withFile(good, name, '{}'))).toBe('BUNDLE_FILES_DIFFER')
    })

    test('two files change places', () => {
      const swapped = tamper.unpack(good)
      const [a, b] = [swapped.get('catalogue.json')!, swapped.get('canaries.json')!]
      swapped.set('catalogue.json', b).set('canaries.json', a)
      expect(codeOf(tamper.repack(swapped))).toBe('BUNDLE_HASH_MISMATCH')
    })

    test('any bit of its archive is turned over: one in every 211 bytes is tried, and all of the signature', () => {
      const tar = Buffer.from(gunzipSync(good))
      const signature = tar.indexOf('{"signatures"')
      const places = Array.from({ length: Math.ceil(tar.length / 211) }, (_, index) => index * 211)
      const length = tamper.unpack(good).get('.signatures.json')?.length ?? 0
      for (let at = signature; at < signature + length; at++) places.push(at)
      const accepted = places.filter((at) => {
        const bad = Buffer.from(tar)
        bad[at] = (bad[at] ?? 0) ^ 2
        return codeOf(gzipSync(bad, { level: 0 })) === 'accepted'
      })
      expect(accepted).toEqual([])
    })

    test('it is that of another ERP', () => {
      expect(codeOf(good, 'nibo')).toBe('BUNDLE_SCOPE_WRONG')
    })

    test('it bears the signature of another ERP’s bundle', async () => {
      const nibo = await forgeBundle(forgeFiles(inject('compiler'), 'nibo'), key, { scope: 'nibo' })
      expect(codeOf(tamper.withTokens(good, tamper.tokenOf(nibo).token))).toBe('BUNDLE_SCOPE_WRONG')
    })

    test('it bears the signature of an older bundle', async () => {
      const older = await forgeBundle(forgeFiles(inject('compiler'), 'omie', 'older'), key, { revision: 6 })
      expect(codeOf(tamper.withTokens(good, tamper.tokenOf(older).token))).toBe('BUNDLE_HASH_MISMATCH')
    })

    test('it is not signed', () => {
      expect(codeOf(tamper.withFile(good, '.signatures.json', null))).toBe('BUNDLE_UNSIGNED')
      expect(codeOf(tamper.withTokens(good))).toBe('BUNDLE_UNSIGNED')
    })

    test('its signature says that there is none (`alg: none`), or is a keyed hash with our public key', () => {
      const { payload } = tamper.tokenOf(good)
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const none = `${part({ alg: 'none', kid: 'release-1', typ: 'JWT' })}.${part(payload)}.AAAA`
      expect(codeOf(tamper.withTokens(good, none))).toBe('BUNDLE_SIGNATURE_INVALID')
      const content = `${part({ alg: 'HS256', kid: 'release-1', typ: 'JWT' })}.${part(payload)}`
      const mac = createHmac('sha256', key.publicPem).update(content).digest('base64url')
      expect(codeOf(tamper.withTokens(good, `${content}.${mac}`))).toBe('BUNDLE_SIGNATURE_INVALID')
    })

    test('its header names another algorithm than was used', async () => {
      const token = await tamper.forgeToken(key, tamper.tokenOf(good).payload, { alg: 'ES256' })
      expect(codeOf(tamper.withTokens(good, token))).toBe('BUNDLE_SIGNATURE_INVALID')
    })

    test('its signature is empty, or of another length', () => {
      const [header, payload] = tamper.tokenOf(good).token.split('.')
      expect(codeOf(tamper.withTokens(good, `${header}.${payload}.`))).toBe('BUNDLE_MALFORMED')
      expect(codeOf(tamper.withTokens(good, `${header}.${payload}.AAAA`))).toBe('BUNDLE_SIGNATURE_INVALID')
      expect(codeOf(tamper.withTokens(good, `${header}.${payload}`))).toBe('BUNDLE_MALFORMED')
    })

    test('it has two signatures, the second one genuine', async () => {
      const { token, payload } = tamper.tokenOf(good)
      const other = await tamper.forgeToken(forgeKey(), payload)
      expect(codeOf(tamper.withTokens(good, other, token))).toBe('BUNDLE_MALFORMED')
      expect(codeOf(tamper.withTokens(good, token, token))).toBe('BUNDLE_MALFORMED')
    })

    test('something unsigned stands beside its signature', () => {
      const { token } = tamper.tokenOf(good)
      const plugin = JSON.stringify({ plugin: 'other', signatures: [token] })
      expect(codeOf(tamper.withFile(good, '.signatures.json', plugin))).toBe('BUNDLE_MALFORMED')
    })

    test('somebody else signed it, under their own name or under ours', async () => {
      expect(codeOf(await forgeBundle(files, forgeKey({ id: 'mallory' })))).toBe('BUNDLE_KEY_UNKNOWN')
      expect(codeOf(await forgeBundle(files, forgeKey({ id: 'release-1' })))).toBe('BUNDLE_SIGNATURE_INVALID')
    })

    test('its header names further things, such as a key of its own', async () => {
      const { payload } = tamper.tokenOf(good)
      const token = await tamper.forgeToken(key, payload, { jwk: forgeKey().trusted.jwk })
      expect(codeOf(tamper.withTokens(good, token))).toBe('BUNDLE_MALFORMED')
    })

    test('it has expired, at that very second', () => {
      expect(codeOf(good, 'omie', 1_798_203_599_999)).toBe('accepted')
      expect(codeOf(good, 'omie', 1_798_203_600_000)).toBe('BUNDLE_EXPIRED')
    })

    test('it was signed more than five minutes ahead of this clock', () => {
      expect(codeOf(good, 'omie', 1_795_611_240_000)).toBe('accepted')
      expect(codeOf(good, 'omie', 1_795_611_239_999)).toBe('BUNDLE_NOT_YET_VALID')
    })

    test.each([
      ['the commit', { commit: null }],
      ['the pull request', { pull_request: null }],
      ['the author', { author: null }],
      ['an approver who is not the author', { approvers: [] }],
      ['an approver who is not the author', { approvers: ['ana'] }],
      ['the check run', { check_run: null }],
    ])('it does not name %s, under a key that is not for development', async (_what, claims) => {
      expect(codeOf(await forgeBundle(files, key, claims))).toBe('BUNDLE_PROVENANCE_MISSING')
    })

    test('it was signed before there was a claim of the check run, unless that is a development key', async () => {
      const { check_run: _, ...before } = tamper.tokenOf(good).payload
      expect(codeOf(tamper.withTokens(good, await tamper.forgeToken(key, before)))).toBe('BUNDLE_PROVENANCE_MISSING')
      const development = forgeKey({ id: 'dev-1', development: true })
      const older = tamper.withTokens(good, await tamper.forgeToken(development, before))
      const { claims } = verifyBundle(older, { erp: 'omie', trust: trustOf(development), nowMs: NOW_MS })
      expect(claims.check_run).toBe(null)
    })

    test.each<[string, Record<string, unknown>]>([
      ['a revision of nought', { revision: 0 }],
      ['a revision that is a text', { revision: '8' }],
      ['a revision past what a number holds', { revision: 2 ** 53 }],
      ['no expiry', { exp: undefined }],
      ['a short commit', { commit: '0123456' }],
      ['an unknown claim', { delta: true }],
      [
        'a file hashed otherwise',
        { files: [{ name: 'data.json', hash: 'd41d8cd98f00b204e9800998ecf8427e', algorithm: 'MD5' }] },
      ],
    ])('it claims %s', async (_what, claims) => {
      expect(codeOf(await carelesslySigned({}, claims))).toBe('BUNDLE_MALFORMED')
    })

    test('a file is listed twice', async () => {
      const { payload } = tamper.tokenOf(good)
      const list = payload['files']
      const twice = Array.isArray(list) ? [...list, list[0]] : []
      expect(codeOf(await carelesslySigned({}, { files: twice }))).toBe('BUNDLE_FILES_DIFFER')
    })

    test.each(['omie/data.json', 'README.md', 'plan.json'])('%s is in it, though signed', async (name) => {
      expect(codeOf(await carelesslySigned({ [name]: '{}' }))).toBe('BUNDLE_FILES_DIFFER')
    })

    test('it is too large, packed or unpacked', () => {
      expect(codeOf(new Uint8Array(16 * 1024 * 1024 + 1))).toBe('BUNDLE_TOO_LARGE')
      const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024))
      expect(bomb.length).toBeLessThan(100_000)
      expect(codeOf(bomb)).toBe('BUNDLE_TOO_LARGE')
    })

    test('it is no archive at all', () => {
      for (const bytes of ['', 'hello', '\x1f\x8b\x08\x00'])
        expect(codeOf(Buffer.from(bytes, 'latin1'))).toBe('BUNDLE_MALFORMED')
      expect(codeOf(good.subarray(0, good.length / 2))).toBe('BUNDLE_MALFORMED')
    })
  })
})

function bytesOf([name, content]: [string, string | Uint8Array]): [string, Uint8Array] {
  return [name, Buffer.from(content)]
}
