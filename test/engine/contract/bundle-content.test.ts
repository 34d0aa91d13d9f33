import { beforeAll, describe, expect, inject, test } from 'vitest'
import { type VerifiedBundle, verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { canonicalText, opaText, sha256 } from '../../../engine/contract/canonical.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import * as tamper from '../../helpers/forge/tamper.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('a bundle’s content', () => {
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

  describe('is refused, whoever signed it, with', () => {
    const text = (name: string): string => Buffer.from(files.get(name) ?? '').toString()

    test.each(['data.json', '.manifest', 'catalogue.json', 'canaries.json'])('another spelling of %s', async (name) => {
      expect(codeOf(await carelesslySigned({ [name]: `${text(name)}\n` }))).toBe('BUNDLE_MALFORMED')
      expect(codeOf(await carelesslySigned({ [name]: JSON.stringify(JSON.parse(text(name)), null, 1) }))).toBe(
        'BUNDLE_MALFORMED',
      )
    })

    test('a key twice in data.json: readers would differ on which one counts', async () => {
      const twice = text('data.json').replace('"rbac_enabled":true', '"rbac_enabled":false,"rbac_enabled":true')
      expect(codeOf(await carelesslySigned({ 'data.json': twice }))).toBe('BUNDLE_MALFORMED')
    })

    test('invalid UTF-8', async () => {
      const bytes = Buffer.from(text('catalogue.json'))
      bytes[bytes.indexOf('forged')] = 0xff
      expect(codeOf(await carelesslySigned({ 'catalogue.json': bytes }))).toBe('BUNDLE_MALFORMED')
    })

    test.each<[string, (manifest: Record<string, unknown>) => void]>([
      ['a module that is not there', (m) => (m['wasm'] = entrypoints('policy.wasm'))],
      ['an entrypoint missing', (m) => (m['wasm'] = entrypoints('/policy.wasm').slice(1))],
      [
        'another ERP’s entrypoint',
        (m) => (m['wasm'] = [...entrypoints('/policy.wasm'), ...entrypoints('/policy.wasm', 'nibo')]),
      ],
      ['no roots', (m) => (m['roots'] = [])],
      ['another Rego', (m) => (m['rego_version'] = 0)],
      ['rules for single files', (m) => (m['file_rego_versions'] = { '/omie/decision.rego': 0 })],
    ])('a manifest with %s', async (_what, change) => {
      const manifest = JSON.parse(text('.manifest'))
      change(manifest)
      expect(codeOf(await carelesslySigned({ '.manifest': opaText(manifest) }))).toBe('BUNDLE_MALFORMED')
    })

    test('the catalogue of another ERP, or one without its address', async () => {
      const catalogue = JSON.parse(text('catalogue.json'))
      const other = { ...catalogue, erp: { ...catalogue.erp, name: 'nibo' } }
      const nowhere = { ...catalogue, erp: { ...catalogue.erp, connection: {} } }
      for (const wrong of [other, nowhere, {}, []]) {
        expect(codeOf(await carelesslySigned({ 'catalogue.json': canonicalText(wrong) }))).toBe('BUNDLE_MALFORMED')
      }
    })

    test('data that is no configuration, or more than one', async () => {
      const { config } = JSON.parse(text('data.json'))
      for (const wrong of [{}, { config: {} }, { config, omie: {} }, { config: { ...config, extra: 1 } }]) {
        expect(codeOf(await carelesslySigned({ 'data.json': opaText(wrong) }))).toBe('BUNDLE_MALFORMED')
      }
    })

    test('no canary, one that is none, or more than 200', async () => {
      const [first] = JSON.parse(text('canaries.json'))
      const unsure = { ...first, input: { ...first.input, facts: {} } }
      for (const wrong of [[], {}, [unsure], Array.from({ length: 201 }, () => first)]) {
        expect(codeOf(await carelesslySigned({ 'canaries.json': canonicalText(wrong) }))).toBe('BUNDLE_MALFORMED')
      }
    })
  })
})

function entrypoints(module: string, erp = 'omie'): object[] {
  return ['alerts', 'decision', 'visible'].map((name) => ({ entrypoint: `${erp}/${name}`, module }))
}

function bytesOf([name, content]: [string, string | Uint8Array]): [string, Uint8Array] {
  return [name, Buffer.from(content)]
}
