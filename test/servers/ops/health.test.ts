import { expect, test } from 'vitest'
import { type HealthSources, healthAnswer } from '../../../servers/ops/health.ts'
import { forgeClaims } from '../../helpers/forge/bundle.ts'

function sourcesOf(current: HealthSources['current']): HealthSources {
  const active = current()
  return {
    erp: 'omie',
    version: '0.1.0',
    policy: () => ({
      state: active === null ? 'denying' : 'enforcing',
      revision: active?.claims.revision ?? null,
      lastError: null,
      development: false,
    }),
    current,
    ledgerWritable: () => true,
    connections: () => 0,
    overlays: () => ({ active: 0, next_end: null, last_error: null }),
    approvals: () => ({ pending: 0, approved: 0 }),
    refusedTools: () => null,
    openCircuits: () => 0,
    endedGrants: () => 0,
    logs: () => ({ to: 'files', failure: null }),
  }
}

function ask(current: HealthSources['current']): object | undefined {
  const body = healthAnswer('/health', sourcesOf(current))?.body
  return body !== undefined && 'bundle' in body && body.bundle !== null ? body.bundle : undefined
}

test('health says what is enforced, and by which merged pull request, without anybody’s name', () => {
  expect(ask(() => ({ digest: 'd'.repeat(64), claims: forgeClaims() }))).toEqual({
    digest: 'd'.repeat(64),
    commit: '0123456789abcdef0123456789abcdef01234567',
    pull_request: 12,
    check_run: 4711,
    expires: '2026-12-25T13:00:00.000Z',
    rolled_back_to: null,
  })
})

test('health says of an emergency rollback which revision’s content it is', () => {
  const from = { revision: 9, digest: 'b'.repeat(64) }
  const rollback = { to: 5, from, reason: 'duplicates', original: 't', request: 't' }
  expect(ask(() => ({ digest: 'd'.repeat(64), claims: forgeClaims({ revision: 10, rollback }) }))).toMatchObject({
    rolled_back_to: 5,
  })
})

test('health names no bundle while none is enforced', () => {
  expect(ask(() => null)).toBe(undefined)
})

test('health is degraded while an operator has to log in again, and well once nobody has to', () => {
  const sources = sourcesOf(() => ({ digest: 'd'.repeat(64), claims: forgeClaims() }))
  expect(healthAnswer('/health', { ...sources, endedGrants: () => 1 })).toMatchObject({
    status: 200,
    body: { status: 'degraded', grants_ended: 1 },
  })
  expect(healthAnswer('/health', sources)).toMatchObject({
    status: 200,
    body: { status: 'enforcing', grants_ended: 0 },
  })
})
