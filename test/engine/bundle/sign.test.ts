import { beforeAll, describe, expect, inject, test } from 'vitest'
import { packBundle } from '../../../engine/bundle/pack.ts'
import { signBundle } from '../../../engine/bundle/sign.ts'
import { verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { forgeClaims, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('signing', () => {
  const key = forgeKey()
  let files: Map<string, Uint8Array>
  beforeAll(() => {
    files = forgeFiles(inject('compiler'), 'omie')
  })

  test('adds one file and leaves the others as they are', async () => {
    const signed = await signBundle(files, forgeClaims(), key.signer)
    expect([...signed.keys()]).toEqual([...files.keys(), '.signatures.json'])
    for (const [name, content] of files) expect(signed.get(name)).toBe(content)
  })

  test('again, by another key, replaces the signature', async () => {
    const next = forgeKey({ id: 'release-2' })
    const once = await signBundle(files, forgeClaims(), key.signer)
    const twice = packBundle(await signBundle(once, forgeClaims(), next.signer))
    expect(verifyBundle(twice, { erp: 'omie', trust: trustOf(next), nowMs: NOW_MS }).keyId).toBe('release-2')
  })

  test('may take its time: the private half can be elsewhere', async () => {
    const slow = { keyId: 'release-1', sign: async (content: Uint8Array) => key.signer.sign(content) }
    const signed = packBundle(await signBundle(files, forgeClaims(), slow))
    expect(verifyBundle(signed, { erp: 'omie', trust: trustOf(key), nowMs: NOW_MS }).keyId).toBe('release-1')
  })

  test('is refused for what no server would take', async () => {
    const broken = new Map([...files, ['data.json', new TextEncoder().encode('{"config": {}}')]] as const)
    await expect(signBundle(broken, forgeClaims(), key.signer)).rejects.toMatchObject({ code: 'BUNDLE_MALFORMED' })
    const incomplete = new Map([...files].filter(([name]) => name !== 'catalogue.json'))
    await expect(signBundle(incomplete, forgeClaims(), key.signer)).rejects.toMatchObject({
      code: 'BUNDLE_FILES_DIFFER',
    })
    const wrong = signBundle(files, forgeClaims({ revision: 0 }), key.signer)
    await expect(wrong).rejects.toMatchObject({ code: 'BUNDLE_MALFORMED' })
    const other = signBundle(files, forgeClaims({ scope: 'nibo' }), key.signer)
    await expect(other).rejects.toMatchObject({ code: 'BUNDLE_MALFORMED' })
  })
})
