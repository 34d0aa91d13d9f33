import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { packBundle } from '../../../engine/bundle/pack.ts'
import { signBundle } from '../../../engine/bundle/sign.ts'
import { folderSource } from '../../../engine/channel/folder.ts'
import { verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { instantiate } from '../../../servers/policy/activate.ts'
import { type Candidate, type CandidateOptions, startCandidate } from '../../../servers/policy/candidate.ts'
import type { ActivePolicy } from '../../../servers/policy/status.ts'
import { forgeBundle, forgeClaims, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { type ForgedChannel, forgeChannel, forgeLog } from '../../helpers/forge/channel.ts'
import { forgeInput, forgeRego } from '../../helpers/forge/content.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { policyServers } from '../../helpers/forge/policy-server.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

/** The forged policy with another answer in place of its decision. */
function answering(decision: string): string {
  return forgeRego('omie').replace(/decision := \{[\s\S]*?\n\}\n\npermitted/, `decision := ${decision}\n\npermitted`)
}

const ALLOW = '{"effect": "allow", "reasons": [], "approval": null, "mask": [], "permission": "read", "granted": true}'
const HANGS = `${ALLOW} if sum([1 | some x in numbers.range(1, 200000); some y in numbers.range(1, 200000)]) > 0`
const GROWS = `${ALLOW} if count({[x, y] | some x in numbers.range(1, 6000); some y in numbers.range(1, 6000)}) > 0`

describe.skipIf(opa.missing !== null)('a candidate beside the policy in force', () => {
  const key = forgeKey()
  let files: Map<string, Uint8Array>
  let active: ActivePolicy
  let place: ForgedChannel
  let candidate: Candidate | null = null
  let outcomes: string[]
  beforeAll(async () => {
    files = forgeFiles(inject('compiler'), 'omie')
    const bundle = verifyBundle(await forgeBundle(files, key), { erp: 'omie', trust: trustOf(key), nowMs: NOW_MS })
    active = await instantiate(bundle, null)
  })
  beforeEach(() => {
    place = forgeChannel()
    outcomes = []
  })
  afterEach(async () => {
    await candidate?.stop()
    candidate = null
    place.remove()
  })

  const path = (): string => join(place.channel, 'omie', 'candidate.tar.gz')
  function put(bytes: Uint8Array | string): void {
    mkdirSync(dirname(path()), { recursive: true })
    writeFileSync(`${path()}.new`, bytes)
    renameSync(`${path()}.new`, path())
  }
  async function signed(rego: string, by = key): Promise<Uint8Array> {
    const made = forgeFiles(inject('compiler'), 'omie', '', rego)
    // Nobody has approved it yet.
    const claims = forgeClaims({ revision: 8, pull_request: 13, approvers: [], check_run: null })
    return packBundle(await signBundle(made, claims, by.signer, 'candidate'))
  }
  async function start(options: Partial<CandidateOptions> = {}): Promise<Candidate> {
    candidate = startCandidate({
      ...{
        channel: folderSource(place.channel),
        erp: 'omie',
        trust: () => trustOf(key),
        now: () => NOW_MS,
        log: forgeLog(),
      },
      ...{ pollMs: 3_600_000, onCompared: (outcome: string) => outcomes.push(outcome) },
      ...options,
    })
    await candidate.reload()
    return candidate
  }
  /** A call as the server decides it: what is acted on is settled before the candidate hears of it. */
  function call(roles: string[]): string {
    const input = forgeInput({ roles })
    const decision = active.policy.decide(input)
    candidate?.consider(input, decision, active)
    return decision.effect
  }

  test('that allows everything changes nothing, and is told with its counts and without a value', async () => {
    put(await signed(answering(ALLOW)))
    const beside = await start()
    expect([call(['viewer']), call([]), call([])]).toEqual(['allow', 'deny', 'deny'])
    await beside.idle()
    expect(outcomes).toEqual(['same', 'to_allow', 'to_allow'])
    const told = beside.compared()
    expect(told.to_allow).toEqual([
      {
        erp: 'omie',
        tool: 'get_vendors_list',
        role: 'no role',
        from: { effect: 'deny' },
        to: { effect: 'allow' },
        band: null,
        codes: ['permission_missing'],
        count: 2,
        examples: [],
      },
    ])
    expect(told.coverage).toMatchObject({ decisions: 3, replayed: 3 })
    expect(JSON.stringify(told)).not.toMatch(/agent-1|u17|12345678000195/)
    expect(beside.status()).toMatchObject({ state: 'deciding', revision: 8, pull_request: 13, error: null, dropped: 0 })
  })

  test('that does not come to an end is ended, and only another file begins anew', async () => {
    put(await signed(answering(HANGS)))
    const beside = await start({ decideMs: 200 })
    expect(call(['viewer'])).toBe('allow')
    await beside.idle()
    expect(beside.status()).toMatchObject({ state: 'stopped', error: { code: 'CANDIDATE_HANGS' } })
    await beside.reload()
    expect(beside.status().state).toBe('stopped')
    put(await signed(answering(ALLOW)))
    await beside.reload()
    expect([beside.status().state, outcomes]).toEqual(['deciding', []])
  })

  test('that wants more memory than there is fails alone', async () => {
    put(await signed(answering(GROWS)))
    const beside = await start({ decideMs: 50_000 })
    expect(call(['viewer'])).toBe('allow')
    await beside.idle()
    expect(beside.compared().to_deny).toMatchObject([{ codes: ['policy_failed'], count: 1 }])
  })

  test('that is slow holds up nobody: what comes on top is dropped and counted', async () => {
    put(await signed(answering(ALLOW)))
    const beside = await start({ most: 2 })
    for (let n = 0; n < 5; n += 1) expect(call(['viewer'])).toBe('allow')
    await beside.idle()
    expect(outcomes).toEqual(['dropped', 'dropped', 'dropped', 'same', 'same'])
    expect(beside.status().dropped).toBe(3)
  })

  test.each([
    ['a bundle', async () => forgeBundle(files, key), 'BUNDLE_SIGNATURE_INVALID'],
    [
      'one by a key that nobody trusts',
      async () => signed(answering(ALLOW), forgeKey({ id: 'thief' })),
      'BUNDLE_KEY_UNKNOWN',
    ],
    ['no archive', async () => 'garbage', 'BUNDLE_MALFORMED'],
  ])('is not %s', async (_, bytes, code) => {
    put(await bytes())
    const beside = await start()
    expect(call(['viewer'])).toBe('allow')
    expect(beside.status()).toMatchObject({ state: 'refused', revision: null, error: { code } })
    expect(outcomes).toEqual([])
  })

  test('ends when its file goes, and what was compared with another policy in force is forgotten', async () => {
    put(await signed(answering(ALLOW)))
    const beside = await start()
    call([])
    await beside.idle()
    const input = forgeInput()
    beside.consider(input, active.policy.decide(input), { ...active, digest: 'another' })
    await beside.idle()
    expect(beside.compared()).toMatchObject({ to_allow: [], coverage: { decisions: 1 } })
    rmSync(path())
    await beside.reload()
    expect(beside.status()).toMatchObject({ state: 'none', revision: null })
  })

  test('ends with the trust in its key, and with its time', async () => {
    put(await signed(answering(ALLOW)))
    let [trust, nowMs] = [trustOf(key), NOW_MS]
    const beside = await start({ trust: () => trust, now: () => nowMs })
    trust = trustOf(forgeKey({ id: 'another' }))
    await beside.trustChanged()
    expect(beside.status()).toMatchObject({ state: 'refused', error: { code: 'BUNDLE_KEY_UNKNOWN' } })
    trust = trustOf(key)
    await beside.trustChanged()
    expect(beside.status().state).toBe('deciding')
    nowMs += 40 * 86_400_000
    await beside.reload()
    expect(beside.status()).toMatchObject({ state: 'stopped', error: { code: 'BUNDLE_EXPIRED' } })
  })

  describe('in the place of a bundle', () => {
    const servers = policyServers()
    test('is enforced by no server, whoever puts it there', async () => {
      await servers.put(7)
      const holder = await servers.start()
      const made = forgeFiles(inject('compiler'), 'omie', '', answering(ALLOW))
      servers
        .place()
        .put(packBundle(await signBundle(made, forgeClaims({ revision: 8 }), servers.key.signer, 'candidate')))
      await holder.reload()
      expect(holder.status()).toMatchObject({
        state: 'degraded',
        revision: 7,
        lastError: { code: 'BUNDLE_SIGNATURE_INVALID' },
      })
    })
  })
})
