import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'

const ATTACKER = '203.0.113.9'
const OFFICE = '198.51.100.4'

let project: TestProject
let alcada: Alcada
beforeAll(async () => {
  project = copyProject('nibo')
  project.replace('policies/nibo/security.yaml', 'lockout_duration: "15m"', 'lockout_duration: "20s"')
  alcada = await startAlcada({ erp: 'nibo', from: project.root, env: { ALCADA_TRUSTED_PROXIES: '127.0.0.0/8' } })
})
afterAll(async () => {
  await alcada?.stop()
  project?.remove()
})

interface Told {
  status: number
  retryAfter: string | null
}

async function ask(token: string, source: string): Promise<Told> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${token}`,
    'x-forwarded-for': source,
  }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const answer = await fetch(alcada.mcp, { method: 'POST', headers, body })
  await answer.text()
  return { status: answer.status, retryAfter: answer.headers.get('retry-after') }
}

/** A token with the claims of a good one and nobody's signature. */
function forged(sub = 'agent-1'): string {
  const [head, claims] = alcada.token('admin', { sub }).split('.')
  return `${head}.${claims}.${'A'.repeat(86)}`
}

async function lockedOut(source: string): Promise<void> {
  for (let tried = 0; tried < 3; tried += 1) expect((await ask(forged(), source)).status).toBe(401)
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${alcada.ops}/metrics`)).text()
  return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1])
}

test('after max_failures the next attempt from there in that name is not looked at, genuine or not, also after a restart', async () => {
  await lockedOut(ATTACKER)
  const refused = await ask(alcada.token('viewer'), ATTACKER)
  expect(refused.status).toBe(429)
  expect(refused.retryAfter).toMatch(/^(1?[0-9]|20)$/)
  expect(await metric('alcada_authentication_failures_in_a_row')).toBe(4)
  await alcada.restart({ hard: true })
  expect((await ask(alcada.token('viewer'), ATTACKER)).status).toBe(429)
})

test('whoever has the name that was stolen works on from elsewhere, and other names from there', async () => {
  await lockedOut('203.0.113.20')
  expect((await ask(alcada.token('viewer'), '203.0.113.20')).status).toBe(429)
  expect((await ask(alcada.token('viewer'), OFFICE)).status).not.toBe(429)
  expect((await ask(alcada.token('viewer', { sub: 'agent-2' }), '203.0.113.20')).status).not.toBe(429)
})

test('the lock ends after lockout_duration, however often somebody tried meanwhile', async () => {
  await lockedOut('203.0.113.30')
  const began = performance.now()
  let told: Told
  do {
    await sleep(500)
    told = await ask(alcada.token('viewer'), '203.0.113.30')
  } while (told.status === 429)
  expect(told.status).not.toBe(429)
  expect(performance.now() - began).toBeGreaterThan(15_000)
})

test('one that succeeds begins the count anew', async () => {
  for (let round = 0; round < 3; round += 1) {
    for (let tried = 0; tried < 2; tried += 1) expect((await ask(forged(), '203.0.113.40')).status).toBe(401)
    expect((await ask(alcada.token('viewer'), '203.0.113.40')).status).not.toBe(429)
  }
})

test('a genuine token that will not do locks nobody out, however often it is sent', async () => {
  const past = Date.now() - 3_600_000
  const expired = alcada.token('viewer', { ttlS: 60, now: () => past })
  for (let tried = 0; tried < 6; tried += 1) expect((await ask(expired, '203.0.113.50')).status).toBe(401)
  expect((await ask(alcada.token('viewer'), '203.0.113.50')).status).not.toBe(429)
})

test('failures stand in the ledger, one entry per source and minute', async () => {
  await alcada.restart()
  const failed = alcada
    .ledger()
    .flatMap(({ event }) => (event.kind === 'recorded' && event.what === 'authentication_failed' ? [event] : []))
  const minutes = failed.filter(({ source }) => source === '203.0.113.50').map(({ code, count }) => [code, count])
  expect(minutes.flatMap(([code]) => code).every((code) => code === 'token_expired')).toBe(true)
  expect(minutes.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(6)
  expect(minutes.length).toBeLessThanOrEqual(2)
  expect(failed.every(({ caller, input }) => caller === null && input === null)).toBe(true)
})
