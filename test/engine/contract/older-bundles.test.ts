import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { folderSource } from '../../../engine/channel/folder.ts'
import type { Trust } from '../../../engine/contract/bundle-claims.ts'
import { verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { sha256 } from '../../../engine/contract/canonical.ts'
import { claimedIn } from '../../../engine/publish/newest.ts'
import { PublishError } from '../../../engine/publish/publish-error.ts'
import { instantiate } from '../../../servers/policy/activate.ts'
import { startPolicy } from '../../../servers/policy/start.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeChannel, forgeLog } from '../../helpers/forge/channel.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import * as tamper from '../../helpers/forge/tamper.ts'
import { needs } from '../../helpers/needs.ts'

// That image and bundle move independently: a server enforces every kind of bundle that this repository's history has
// published, and of one that is made for a server to come it says so and keeps the policy it has.

const FOLDER = join(import.meta.dirname, '../../fixtures/older/bundles')
/** Bundles of Tryton as the engine of their day built them, one of each shape there has been, with the key that signed. */
const OLDER = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.tar.gz'))
  .map((name) => name.replace('.tar.gz', ''))
  .sort()

test('there is one of each', () => {
  expect(OLDER).toEqual(['01-first', '02-guards', '03-alerts', '04-revoked', '05-provenance'])
})

test.each(OLDER)('%s is taken: its canaries come out as they did, and it answers what is asked today', async (name) => {
  const bytes = readFileSync(join(FOLDER, `${name}.tar.gz`))
  const trust: Trust = JSON.parse(readFileSync(join(FOLDER, `${name}.trust.json`), 'utf8'))
  const { iat } = claimedIn(bytes, name)
  const bundle = verifyBundle(bytes, { erp: 'tryton', trust, nowMs: iat * 1_000 + 60_000 })
  const { policy, config } = await instantiate(bundle, null)
  expect(bundle.canaries.length).toBeGreaterThan(70)
  const [first] = bundle.canaries.filter(({ expect: { effect } }) => effect === 'allow')
  if (first === undefined) throw new Error('expected a canary that is allowed')
  const { caller } = first.input
  expect(policy.visible({ caller: { ...caller, roles: ['operator'] } }).length).toBeGreaterThan(20)
  expect(policy.decide({ ...first.input, caller: { ...caller, roles: ['nobody_knows'] } })).toMatchObject({
    effect: 'deny',
  })
  expect(config.alerts.notifications.length).toBeGreaterThan(0)
})

describe.skipIf(needs('opa').missing !== null)('a bundle for servers to come', () => {
  const key = forgeKey()
  let files: Map<string, Uint8Array>
  let good: Uint8Array
  beforeAll(async () => {
    files = forgeFiles(inject('compiler'), 'omie')
    good = await forgeBundle(files, key)
  })

  /** Signed genuinely, with claims and files that nobody here knows yet. */
  async function ofTomorrow(claims: object, more: Record<string, string> = {}): Promise<Uint8Array> {
    const all = new Map([
      ...files,
      ...Object.entries(more).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]),
    ])
    const list = [...all].map(([name, content]) => ({ name, hash: sha256(content), algorithm: 'SHA-256' }))
    const { payload } = tamper.tokenOf(good)
    return tamper.withTokens(
      tamper.repack(all),
      await tamper.forgeToken(key, { ...payload, files: list, revision: 8, ...claims }),
    )
  }

  test('says which format it is of, and so does every bundle from now on', async () => {
    expect(tamper.tokenOf(good).payload['format']).toBe(1)
  })

  test.each<[string, object, Record<string, string>, string]>([
    ['a format to come, whatever else it claims', { format: 2, countersigned_by: ['x'] }, {}, 'BUNDLE_FORMAT_NEWER'],
    ['a claim that nobody knows', { countersigned_by: ['x'] }, {}, 'BUNDLE_MALFORMED'],
    ['a file that nobody knows', {}, { 'obligations.json': '{}' }, 'BUNDLE_FILES_DIFFER'],
    ['a format that is none', { format: '2' }, {}, 'BUNDLE_MALFORMED'],
  ])('with %s is refused, and the policy in force stays', async (_, claims, more, code) => {
    const place = forgeChannel()
    place.put(good)
    const holder = await startPolicy({
      channel: folderSource(place.channel),
      stateDir: place.stateDir,
      erp: 'omie',
      trust: trustOf(key),
      pollMs: 3_600_000,
      log: forgeLog(),
      now: () => NOW_MS,
    })
    try {
      expect(holder.current()?.revision).toBe(7)
      place.put(await ofTomorrow(claims, more))
      await holder.reload()
      expect(holder.status().lastError).toMatchObject({ code })
      expect(holder.current()?.revision).toBe(7)
    } finally {
      await holder.stop()
      place.remove()
    }
  })

  test('says what to do', async () => {
    const bytes = await ofTomorrow({ format: 2 })
    expect(() => verifyBundle(bytes, { erp: 'omie', trust: trustOf(key), nowMs: NOW_MS })).toThrow(
      'the bundle is of format 2 and this server understands 1: deploy a newer image of the server, the bundle is taken then',
    )
    expect(() => claimedIn(bytes, 'x')).toThrow(PublishError)
    expect(() => claimedIn(bytes, 'x')).toThrow(
      'the bundle at `x` was published by a newer engine: publish with that one',
    )
  })
})
