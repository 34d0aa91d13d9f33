import { expect, inject, test } from 'vitest'
import { publishedBundle } from '../../../../engine/gitops/provenance/published.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../../helpers/forge/key.ts'

// What a bundle claims to be signed at is a second, what a key is valid from a millisecond: with a key made by the same
// start of a server, both are of one second.
test('a bundle signed in the second in which its key began was signed by a key that was valid', async () => {
  const iat = NOW_MS / 1_000
  const files = forgeFiles(inject('compiler'), 'omie')
  const signedBy = async (not_before: string): Promise<string> => {
    const key = forgeKey({ not_before })
    return publishedBundle(await forgeBundle(files, key, { iat }), { erp: 'omie', trust: trustOf(key) }).claims.scope
  }
  expect(new Date(NOW_MS).toISOString()).toBe('2026-11-25T13:00:00.000Z')
  expect(await signedBy('2026-11-25T13:00:00.999Z')).toBe('omie')
  await expect(signedBy('2026-11-25T13:00:01.000Z')).rejects.toThrow(
    'key `release-1` is trusted only from 2026-11-25T13:00:01.000Z',
  )
})
