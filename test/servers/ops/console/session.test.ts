import { randomBytes } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../../../servers/ops/console/session.ts'

const MINUTE_MS = 60_000
const APPROVER = { person: 'u90', roles: ['approver'], companies: ['12345678000195'], token_age_s: 600 }

let nowMs: number
let kept: Set<string>
let key: Uint8Array
beforeEach(() => {
  nowMs = Date.parse('2026-11-25T13:00:00Z')
  kept = new Set()
  key = randomBytes(32)
})

function sessions(erp = 'omie'): Sessions {
  const once = async (digest: string): Promise<boolean> => !kept.has(digest) && kept.add(digest) !== null
  return createSessions({ erp, key, once, used: async (digest) => kept.has(digest), now: () => nowMs })
}

async function signedIn(): Promise<string> {
  const signed = await sessions().signIn(await sessions().loginCode(APPROVER))
  if (signed === null) throw new Error('expected a session')
  return signed.value
}

test('a link signs in within five minutes, once, and not after them', async () => {
  const [early, late] = [await sessions().loginCode(APPROVER), await sessions().loginCode(APPROVER)]
  nowMs += 5 * MINUTE_MS - 1_000
  expect((await sessions().signIn(early))?.approver).toMatchObject({ person: 'u90', roles: ['approver'] })
  expect(await sessions().signIn(early)).toBe(null)
  nowMs += 1_000
  expect(await sessions().signIn(late)).toBe(null)
})

test('a session ends after half an hour, whatever the browser keeps, and grows older with its token', async () => {
  const value = await signedIn()
  nowMs += 30 * MINUTE_MS - 1_000
  expect((await sessions().read(value))?.approver).toMatchObject({ person: 'u90', token_age_s: 600 + 1_799 })
  nowMs += 1_000
  expect(await sessions().read(value)).toBe(null)
})

test('what is for one use, one ERP or one key is nothing for another', async () => {
  const [code, value] = [await sessions().loginCode(APPROVER), await signedIn()]
  expect(await sessions().read(code)).toBe(null)
  expect(await sessions().signIn(value)).toBe(null)
  expect(await sessions('nibo').read(value)).toBe(null)
  expect(await sessions('nibo').signIn(code)).toBe(null)
  key = randomBytes(32)
  expect(await sessions().read(value)).toBe(null)
})

test('who has signed out is out, and another session of theirs is not', async () => {
  const [here, there] = [await signedIn(), await signedIn()]
  const session = await sessions().read(here)
  if (session !== null) await sessions().end(session)
  expect(await sessions().read(here)).toBe(null)
  expect(await sessions().read(there)).not.toBe(null)
})

test('a form is good in its session, for its requests in their order alone', async () => {
  const [one, other] = [await sessions().read(await signedIn()), await sessions().read(await signedIn())]
  if (one === null || other === null) throw new Error('expected two sessions')
  const token = sessions().formToken(one, ['r-1', 'r-2'])
  expect(sessions().isFormToken(one, ['r-1', 'r-2'], token)).toBe(true)
  expect(sessions().isFormToken(one, ['r-1'], token)).toBe(false)
  expect(sessions().isFormToken(one, ['r-1', 'r-3'], token)).toBe(false)
  expect(sessions().isFormToken(other, ['r-1', 'r-2'], token)).toBe(false)
  expect(sessions().isFormToken(one, ['r-1', 'r-2'], '')).toBe(false)
})
