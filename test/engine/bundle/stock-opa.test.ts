import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { packBundle } from '../../../engine/bundle/pack.ts'
import { gunzip, verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { readTar } from '../../../engine/contract/tar.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('a bundle of ours, in the hands of stock opa', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcada-stock-opa-'))
  const key = forgeKey()
  const bundle = join(folder, 'bundle.tar.gz')
  const publicKey = join(folder, 'public.pem')
  let files: Map<string, Uint8Array>
  let bytes: Uint8Array

  beforeAll(async () => {
    files = forgeFiles(inject('compiler'), 'omie')
    bytes = await forgeBundle(files, key)
    writeFileSync(bundle, bytes)
    writeFileSync(publicKey, key.publicPem)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function verify(file: string, scope: string): { status: number | null; stdout: string } {
    const verification = ['--verification-key', publicKey, '--signing-alg', 'EdDSA', '--scope', scope]
    return spawnSync(inject('compiler'), ['build', '-b', file, ...verification, '-o', join(folder, 'out.tar.gz')], {
      encoding: 'utf8',
    })
  }

  test('is inspected: opa shows its revision and its entrypoints', () => {
    const shown = execFileSync(inject('compiler'), ['inspect', bundle, '--format', 'json'], { encoding: 'utf8' })
    const { manifest } = JSON.parse(shown)
    expect(manifest.revision).toBe('sources-1')
    expect(manifest.wasm.map((one: { entrypoint: string }) => one.entrypoint)).toEqual([
      'omie/alerts',
      'omie/decision',
      'omie/visible',
    ])
  })

  test('is verified: signature, scope and every hash, catalogue and canaries included', () => {
    expect(verify(bundle, 'omie')).toMatchObject({ status: 0 })
    expect(verifyBundle(bytes, { erp: 'omie', trust: trustOf(key), nowMs: NOW_MS }).claims.revision).toBe(7)
  })

  test('is refused for another ERP', () => {
    const result = verify(bundle, 'nibo')
    expect(result.status).toBe(1)
    expect(result.stdout).toContain('scope mismatch')
  })

  test.each(['catalogue.json', 'canaries.json', 'data.json', 'policy.wasm', '.manifest'])(
    'is refused with a changed %s',
    (name) => {
      const unpacked = readTar(gunzip(bytes))
      const changed = Buffer.from(unpacked.get(name) ?? '')
      // The last digit or letter of the file: still JSON afterwards, still WASM.
      const at = Math.max(...['0', '1', 'a', 'e'].map((letter) => changed.lastIndexOf(letter)))
      changed[at] = (changed[at] ?? 0) + 1
      const file = join(folder, 'changed.tar.gz')
      writeFileSync(file, packBundle(new Map([...unpacked, [name, changed]])))
      expect(verify(file, 'omie').status).toBe(1)
    },
  )
})
