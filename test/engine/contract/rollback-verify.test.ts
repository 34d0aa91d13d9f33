import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { type ForgedRollback, forgeRollback } from '../../helpers/forge/rollback.ts'
import * as tamper from '../../helpers/forge/tamper.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('a rollback in an emergency', () => {
  const release = forgeKey()
  const ana = forgeKey({ id: 'call-ana', use: 'revocation' })
  const bruno = forgeKey({ id: 'call-bruno', use: 'revocation' })
  const trust = trustOf(release, ana, bruno)
  let files: Map<string, Uint8Array>
  let old: Uint8Array

  beforeAll(async () => {
    files = forgeFiles(inject('compiler'), 'omie')
    // Long expired: the two persons vouch for it now.
    old = await forgeBundle(files, release, { iat: NOW_MS / 1000 - 90 * 86_400, exp: NOW_MS / 1000 - 60 * 86_400 })
  })

  const roll = (changes: Partial<ForgedRollback> = {}): Promise<Uint8Array> =>
    forgeRollback({ old, first: ana, second: bruno, ...changes })

  function outcome(bytes: Uint8Array, by = trust): string {
    try {
      verifyBundle(bytes, { erp: 'omie', trust: by, nowMs: NOW_MS })
      return 'accepted'
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  test('signed by two persons brings old content back under a new number, with how it was merged and why it is back', async () => {
    const { claims, keyId, validUntilMs } = verifyBundle(await roll(), { erp: 'omie', trust, nowMs: NOW_MS })
    expect(claims).toMatchObject({ revision: 10, pull_request: 12, author: 'ana', approvers: ['bruno'] })
    expect(claims.rollback).toMatchObject({
      to: 7,
      from: { revision: 9 },
      reason: 'the new limit let duplicates through',
    })
    expect(keyId).toBe('call-bruno')
    expect(validUntilMs).toBe(NOW_MS - 60_000 + 7 * 86_400_000)
  })

  test('needs no key of the release, and stock opa verifies it by the second person’s', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alcada-rollback-'))
    try {
      const [bundle, key] = [join(folder, 'bundle.tar.gz'), join(folder, 'key.pem')]
      writeFileSync(bundle, await roll())
      writeFileSync(key, bruno.publicPem)
      const verified = ['--verification-key', key, '--signing-alg', 'EdDSA', '--scope', 'omie']
      execFileSync(inject('compiler'), ['build', '-b', bundle, ...verified, '-o', join(folder, 'out.tar.gz')])
      writeFileSync(key, ana.publicPem)
      const other = spawnSync(inject('compiler'), ['build', '-b', bundle, ...verified, '-o', join(folder, 'o.tar.gz')])
      expect(other.status).toBe(1)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  const INVALID = 'the rollback in an emergency is not valid: '
  test.each<[string, () => Partial<ForgedRollback>, string]>([
    ['one person signs twice', () => ({ first: bruno }), `${INVALID}both signatures are of one key`],
    [
      'the release’s key signs for one of them',
      () => ({ first: release }),
      'no trusted revocation key is called `release-1`',
    ],
    [
      'the release’s key signs for the other',
      () => ({ second: release }),
      'no trusted revocation key is called `release-1`',
    ],
    [
      'somebody unknown signs',
      () => ({ first: forgeKey({ id: 'mallory', use: 'revocation' }) }),
      'no trusted revocation key is called `mallory`',
    ],
    [
      'the request was for another ERP',
      () => ({ request: { erp: 'nibo' } }),
      `${INVALID}the two persons signed different requests`,
    ],
    [
      'the request was for another number',
      () => ({ request: { revision: 11 }, claims: { revision: 10 } }),
      `${INVALID}the two persons signed different requests`,
    ],
    [
      'the request was for other content',
      () => ({ request: { digest: 'c'.repeat(64) } }),
      `${INVALID}the two persons signed different requests`,
    ],
    [
      'the content is not that of the revision it names',
      () => ({ request: { to: 6 } }),
      `${INVALID}expected the content of revision 6, got that of 7`,
    ],
    [
      'it names other approvers than the content had',
      () => ({ claims: { approvers: ['carla'] } }),
      `${INVALID}it is not the content that was published then, or not its provenance`,
    ],
    [
      'it is to last longer than seven days',
      () => ({ claims: { exp: NOW_MS / 1000 + 7 * 86_400 } }),
      `${INVALID}it is to last longer than seven days`,
    ],
    [
      'the request is older than a day',
      () => ({ request: { iat: NOW_MS / 1000 - 60 - 86_401 } }),
      `${INVALID}the second signature is a day later`,
    ],
  ])('is refused when %s', async (_why, changes, message) => {
    expect(outcome(await roll(changes()))).toBe(message)
  })

  test('is refused with content that no bundle key signed, however many persons sign', async () => {
    const forged = await forgeBundle(forgeFiles(inject('compiler'), 'omie', 'other'), forgeKey({ id: 'mallory' }))
    expect(outcome(await roll({ old: forged }))).toBe('no trusted bundle key is called `mallory`')
  })

  test('is refused with other files than were signed then', async () => {
    const other = await forgeBundle(forgeFiles(inject('compiler'), 'omie', 'other'), release)
    const { token } = tamper.tokenOf(old)
    expect(outcome(await roll({ old: tamper.withTokens(other, token) }))).toBe(
      `${INVALID}it is not the content that was published then, or not its provenance`,
    )
  })

  test('is refused once the key that signed the content is trusted no more', async () => {
    expect(outcome(await roll(), trustOf(ana, bruno))).toBe('no trusted bundle key is called `release-1`')
  })

  test('one key under two names is one person', async () => {
    const twice = { ...bruno, signer: { ...bruno.signer, keyId: 'call-carla' } }
    const both = { keys: [...trust.keys, { ...bruno.trusted, id: 'call-carla' }] }
    expect(outcome(await roll({ first: twice }), both)).toBe(`${INVALID}both signatures are of one key`)
  })

  test('a revocation key signs nothing else, and a bundle key no rollback', async () => {
    const { payload } = tamper.tokenOf(await roll())
    const { rollback: _, ...usual } = payload
    const typ = 'alcada-rollback+jwt'
    const bare = tamper.withTokens(old, await tamper.forgeToken(bruno, usual, { typ }))
    expect(outcome(bare)).toBe(`${INVALID}a revocation key signs rollbacks only`)
    const asBundle = tamper.withTokens(old, await tamper.forgeToken(bruno, usual))
    expect(outcome(asBundle)).toBe('no trusted bundle key is called `call-bruno`')
    const byRelease = tamper.withTokens(old, await tamper.forgeToken(release, payload))
    expect(outcome(byRelease)).toBe(`${INVALID}a bundle key signs no rollback in an emergency`)
  })
})
