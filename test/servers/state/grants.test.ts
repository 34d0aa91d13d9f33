import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CredentialKey } from '../../../engine/contract/credential-key.ts'
import type { GrantTaking } from '../../../engine/contract/erp-grant.ts'
import { openGrant, sealedWith, sealGrant } from '../../../engine/contract/grant-seal.ts'
import { resealGrants } from '../../../servers/erp/oauth/reseal.ts'
import { openAudit } from '../../../servers/state/audit.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type Database, databases, type Place } from '../../helpers/state/databases.ts'

// The turn that replicas take to renew a token: one at a time, nothing lost by whoever vanishes or comes late, and
// nothing given back by a restore.

const COMPANY = '12345678000195'
const OWNER = { erp: 'omie', company: COMPANY }
const HOUR = 3_600_000

describe.each(databases.filter(({ missing }) => missing === null))('grants in $name', ({ start }) => {
  let database: Database
  let place: Place
  let state: State
  beforeAll(async () => {
    database = await start()
    place = await database.fresh()
    state = await openState({ ...place, erp: 'omie', now: Date.now })
  })
  afterAll(async () => {
    await state.stop()
    await database.stop()
  })

  const take = (origin: string, holder: string, more: Partial<GrantTaking> = {}) =>
    state.grants.take({ company: COMPANY, origin, holder, refused: null, hold_ms: HOUR, ...more })
  const keep = (origin: string, version: number, more: object = {}) =>
    state.grants.keep({
      ...{ company: COMPANY, origin, version, sealed: `sealed ${version + 1}`, lives_ms: HOUR, renew_in_ms: HOUR },
      ...{ after_refusal: false, rotates: true, ...more },
    })
  const fail = (origin: string, holder: string, version: number, ended = false) =>
    state.grants.fail({ company: COMPANY, origin, holder, version, why: 'server', ended, wait_ms: 0 })

  test('one renews, the others wait, and then all have what it got', async () => {
    expect(await take('a', 'one')).toEqual({ kind: 'renew', version: 0, sealed: null, left_ms: 0 })
    expect(await take('a', 'two')).toEqual({ kind: 'wait', ms: 100 })
    expect(await keep('a', 0)).toBe(true)
    expect(await take('a', 'two')).toMatchObject({ kind: 'given', version: 1, sealed: 'sealed 1' })
  })

  test('whoever renews and vanishes is waited for no longer than its time, and the next one begins where it did', async () => {
    await take('b', 'one')
    await keep('b', 0, { renew_in_ms: 0, lives_ms: 1 })
    await setTimeout(5)
    expect(await take('b', 'one', { hold_ms: 1 })).toMatchObject({ kind: 'renew', sealed: 'sealed 1' })
    await setTimeout(5)
    expect(await take('b', 'two')).toEqual({ kind: 'renew', version: 1, sealed: 'sealed 1', left_ms: 0 })
  })

  test('whoever comes late still keeps what it got, unless another has kept something', async () => {
    await take('c', 'one', { hold_ms: 1 })
    await setTimeout(5)
    await take('c', 'two')
    expect(await keep('c', 0)).toBe(true)
    // What it was told of the old one by then says nothing of the new one.
    await fail('c', 'two', 0, true)
    expect(await take('c', 'two')).toMatchObject({ kind: 'given', version: 1 })
    expect(await keep('c', 0)).toBe(false)
  })

  test('one that is to be renewed is used while another does so, and while nobody can', async () => {
    await take('d', 'one')
    await keep('d', 0, { renew_in_ms: 0 })
    expect(await take('d', 'one')).toMatchObject({ kind: 'renew', left_ms: expect.toSatisfy((ms) => ms > 0) })
    expect(await take('d', 'two')).toMatchObject({ kind: 'given', version: 1, renew_in_ms: 0 })
    await fail('d', 'one', 1)
    expect(await take('d', 'one')).toMatchObject({ kind: 'given', version: 1 })
    expect(await take('d', 'two', { refused: 1 })).toMatchObject({ kind: 'failed', why: 'server' })
  })

  test('of what the ERP refused right after a refusal no third is asked for', async () => {
    await take('e', 'one')
    await keep('e', 0)
    expect(await take('e', 'one', { refused: 1 })).toMatchObject({ kind: 'renew', version: 1, left_ms: 0 })
    await keep('e', 1, { after_refusal: true })
    expect(await take('e', 'one', { refused: 1 })).toMatchObject({ kind: 'given', version: 2 })
    expect(await take('e', 'one', { refused: 2 })).toMatchObject({ kind: 'refused_again' })
  })

  test('each failure doubles the time until the next attempt', async () => {
    for (const expected of [1, 2]) {
      await take('f', 'one')
      await fail('f', 'one', 0)
      const failed = await take('f', 'two')
      if (failed.kind !== 'failed') throw new Error(`expected a failure, got ${failed.kind}`)
      expect(Math.ceil(failed.ms / 1000)).toBe(expected)
      if (expected === 1) await setTimeout(failed.ms + 5)
    }
  })

  test('an ended one stays ended, and another login is another grant', async () => {
    await take('g', 'one')
    await fail('g', 'one', 0, true)
    expect(await take('g', 'two')).toEqual({ kind: 'ended', why: 'refused' })
    expect(await take('next login', 'two')).toMatchObject({ kind: 'renew', version: 0 })
  })

  test('a new key of the store seals what is kept anew, and what belongs to another company is not opened', async () => {
    const [old, next] = [key('old'), key('next')]
    const sealed = await sealGrant({ access: 'a', refresh: 'r' }, OWNER, [old])
    await take('h', 'one')
    await keep('h', 0, { sealed })
    expect(await resealGrants(state.grants, 'omie', [next, old])).toBe(1)
    expect(await resealGrants(state.grants, 'omie', [next])).toBe(0)
    const given = await take('h', 'one')
    const kept = given.kind === 'given' ? given.sealed : ''
    expect(sealedWith(kept)).toBe('next')
    expect(await openGrant(kept, OWNER, [next])).toEqual({ access: 'a', refresh: 'r' })
    expect(await openGrant(kept, { ...OWNER, company: '12ABC34501DE35' }, [next])).toBeNull()
    expect(await openGrant(kept, { ...OWNER, erp: 'nibo' }, [next])).toBeNull()
    expect(await openGrant(`${kept.slice(0, -2)}AA`, OWNER, [next])).toBeNull()
    expect(await openGrant(kept, OWNER, [old])).toBeNull()
  })

  test('out of a backup a refresh token that has rotated is used by nobody; what can be got anew is', async () => {
    await take('rotated', 'one')
    await keep('rotated', 0)
    await take('client', 'one')
    await keep('client', 0, { rotates: false })
    const audit = openAudit({ ...place, erp: 'omie' }, 'write')
    const word = { by: 'dba', written_as: { user: 'dba', host: 'box' } }
    const restored = { backup: 'omie_20261124_020000', made_at: '2026-11-24T02:00:00.000Z', before: null }
    await audit.restore({ at_ms: Date.now(), of: 'copy', restored, ...word })
    await audit.close()
    expect(await take('rotated', 'one')).toEqual({ kind: 'ended', why: 'restored' })
    expect(await take('client', 'one')).toEqual({ kind: 'renew', version: 0, sealed: null, left_ms: 0 })
    expect((await state.grants.all()).map(({ sealed }) => sealed)).toEqual([])
  })
})

function key(id: string): CredentialKey {
  return { id, bytes: randomBytes(32) }
}
