import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { simpleGit } from 'simple-git'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Impact } from '../../../../engine/contract/impact.ts'
import { impactOf } from '../../../../engine/gitops/impact/impact-of.ts'
import type { TestProject } from '../../../helpers/alcada/project.ts'
import { repositoryOf } from '../repository.ts'
import { ALLOWED, type EventSource, event, eventsOf, NEEDS_ONE } from './log.ts'

let project: TestProject
let place: string
let events: EventSource
beforeAll(async () => {
  project = await repositoryOf('omie')
  place = mkdtempSync(join(tmpdir(), 'alcada-log-'))
  events = await eventsOf(project.root)
})
afterAll(() => {
  project.remove()
  rmSync(place, { recursive: true })
})
beforeEach(async () => {
  const git = simpleGit({ baseDir: project.root })
  await git.raw(['checkout', '--quiet', '--', '.'])
  await git.raw(['clean', '--quiet', '--force', '-d'])
})

function write(name: string, lines: readonly (object | string)[], gzip = false): string {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  writeFileSync(join(place, name), gzip ? gzipSync(text) : text)
  return join(place, name)
}

async function replayed(...logs: string[]): Promise<Impact> {
  const found = await impactOf({ root: project.root, ref: 'HEAD', logs, opa: inject('compiler') })
  if (found.log === 'none') throw new Error('expected a log')
  return found.impact
}

const RBAC = 'policies/omie/rbac.yaml'
const SECURITY = 'policies/omie/security.yaml'
const open = { '/resolved/payable/open_amount': 900000 }

test('without a log there is none yet, which is not the same as no impact', async () => {
  const opa = inject('compiler')
  expect(await impactOf({ root: project.root, ref: 'HEAD', logs: [], opa })).toEqual({ log: 'none', missing: [] })
  const missing = join(place, 'nothing.jsonl')
  const empty = write('empty.jsonl', [])
  expect(await impactOf({ root: project.root, ref: 'HEAD', logs: [missing], opa })).toEqual({
    log: 'none',
    missing: [missing],
  })
  expect(await impactOf({ root: project.root, ref: 'HEAD', logs: [empty], opa })).toEqual({ log: 'none', missing: [] })
})

describe('a limit that is raised and a role that loses a permission', () => {
  let impact: Impact
  beforeAll(async () => {
    project.replace(RBAC, 'up_to: 1000.00, currency', 'up_to: 2000.00, currency')
    project.replace(SECURITY, 'forbidden_effects: [fiscal]', 'forbidden_effects: [fiscal, delete]')
    const waits = events.input(['operator'], 'create_payment', { ...open, '/args/amount': 1500 })
    const stays = events.input(['operator'], 'create_payment', { ...open, '/args/amount': 500 })
    const deleted = events.input(['admin'], 'delete_account_payable', { '/caller/kind': 'human' })
    const one = write('one.jsonl', [event('omie-1', waits, NEEDS_ONE), event('omie-2', stays, ALLOWED)])
    const two = write(
      'two.jsonl.gz',
      [event('omie-3', deleted, { ...ALLOWED, permission: 'delete' }), event('omie-1', waits, NEEDS_ONE)],
      true,
    )
    impact = await replayed(one, two)
  })

  test('shows the call that needed consent and is allowed now, with the limits that it stands between', () => {
    expect(impact.approvals).toEqual([
      {
        erp: 'omie',
        tool: 'create_payment',
        role: 'operator',
        from: { effect: 'require_approval', count: 1, roles: ['approver'] },
        to: { effect: 'allow' },
        band: { above: 100_000, up_to: 200_000, currency: 'BRL' },
        codes: [],
        count: 1,
        examples: [
          {
            decision_id: 'omie-1',
            timestamp: '2026-11-25T13:00:00.000Z',
            caller: 'agent-1',
            person: 'u17',
            company: '12345678000195',
            counterparty: expect.any(String),
            amount: 150_000,
          },
        ],
      },
    ])
  })

  test('shows the call that is refused now, with the code that refuses it', () => {
    expect(impact.to_deny).toMatchObject([
      {
        tool: 'delete_account_payable',
        role: 'admin',
        from: { effect: 'allow' },
        to: { effect: 'deny' },
        codes: ['effect_forbidden'],
        count: 1,
      },
    ])
    expect([impact.to_allow, impact.masks, impact.not_replayed, impact.drift]).toEqual([[], [], [], []])
  })

  test('counts a decision once that two files hold, and says how much of the policy the log holds', () => {
    expect(impact.coverage).toMatchObject({
      decisions: 3,
      replayed: 3,
      repeated: 1,
      from: '2026-11-25T13:00:00.000Z',
      erps: [{ erp: 'omie', held: 2, uncalled: expect.arrayContaining(['create_receipt']) }],
    })
    expect(impact.coverage.erps[0]?.pairs).toBeGreaterThan(50)
  })
})

test('what was refused and is allowed now stands apart, with the code that no longer refuses', async () => {
  project.replace(RBAC, 'viewer: { permissions: [read] }', 'viewer: { permissions: [read, write] }')
  const input = events.input(['viewer'], 'create_payment', { ...open, '/args/amount': 500 })
  const refused = {
    ...ALLOWED,
    effect: 'deny' as const,
    reasons: [{ code: 'permission_missing', message: 'no' }],
    granted: false,
    granted_by: [],
  }
  const impact = await replayed(write('viewer.jsonl', [event('omie-1', input, refused)]))
  expect(impact.to_allow).toMatchObject([
    { role: 'viewer', from: { effect: 'deny' }, to: { effect: 'allow' }, codes: ['permission_missing'] },
  ])
})

test('the digest is the same in any order of files and lines, and another with another decision or other sources', async () => {
  const calls = [1, 2, 3, 4].map((n) =>
    event(`omie-${n}`, events.input(['operator'], 'create_payment', { ...open, '/args/amount': n * 400 }), ALLOWED),
  )
  const forth = await replayed(write('a.jsonl', calls.slice(0, 2)), write('b.jsonl', calls.slice(2)))
  const back = await replayed(write('c.jsonl', [...calls].reverse()))
  expect(back).toEqual(forth)
  expect((await replayed(write('d.jsonl', calls.slice(1)))).digest).not.toBe(forth.digest)
  project.replace(RBAC, 'up_to: 1000.00, currency', 'up_to: 1000.01, currency')
  expect((await replayed(write('c.jsonl', calls))).digest).not.toBe(forth.digest)
})

test('what the base itself decides otherwise than was decided then is drift, and no impact', async () => {
  const input = events.input(['operator'], 'create_payment', { ...open, '/args/amount': 1500 })
  const impact = await replayed(write('drift.jsonl', [event('omie-1', input, ALLOWED)]))
  expect(impact.drift).toEqual([
    {
      erp: 'omie',
      tool: 'create_payment',
      revision: '7',
      recorded: { effect: 'allow' },
      base: { effect: 'require_approval', count: 1, roles: ['approver'] },
      count: 1,
    },
  ])
  expect([impact.to_allow, impact.to_deny, impact.approvals]).toEqual([[], [], []])
})

describe('what cannot be replayed is said, with the reason', () => {
  const TOKEN = `tok_name_${'a'.repeat(32)}`

  test('a token where the policy looks, and none where it does not', async () => {
    const reads = events.input(['operator'], 'update_vendor_inactive', { '/args/reason': `asked for by ${TOKEN}` })
    const beside = events.input(['operator'], 'create_vendor', { '/args/name': TOKEN })
    const impact = await replayed(
      write('tokens.jsonl', [event('omie-1', reads, ALLOWED), event('omie-2', beside, ALLOWED)]),
    )
    expect(impact.not_replayed).toEqual([{ erp: 'omie', reason: 'input_masked', where: ['/args/reason'], count: 1 }])
    expect(impact.coverage.replayed).toBe(1)
  })

  test('a longer past than was asked for, an ERP and a tool that nobody knows', async () => {
    project.replace(RBAC, 'duties: { window_days: 30 }', 'duties: { window_days: 60 }')
    const past = event('omie-1', events.input(['operator'], 'create_payment', open), ALLOWED)
    const gone = { ...past, path: 'sap/decision' }
    const other = { ...past, input: { ...past.input, tool: { ...past.input.tool, name: 'create_moon' } } }
    const { not_replayed } = await replayed(write('gaps.jsonl', [past, gone, other]))
    expect(not_replayed).toEqual([
      { erp: '', reason: 'erp_gone', where: [], count: 1 },
      { erp: 'omie', reason: 'history_missing', where: ['/history/counterparty_touched'], count: 1 },
      { erp: 'omie', reason: 'tool_gone', where: [], count: 1 },
    ])
  })

  test('an input without a past, and one of a schema that is not known', async () => {
    const whole = event('omie-1', events.input(['operator'], 'create_payment', open), ALLOWED)
    const { history: _, ...pastless } = whole.input
    const { cost_center: __, ...old } = whole.input.facts
    const { not_replayed } = await replayed(
      write('schemas.jsonl', [
        { ...whole, input: pastless },
        { ...whole, input: { ...whole.input, facts: { ...whole.input.facts, moon: 'full' } } },
        { ...whole, input: { ...whole.input, facts: old } },
      ]),
    )
    expect(not_replayed).toEqual([
      { erp: 'omie', reason: 'input_of_another_schema', where: ['/facts', '/facts/cost_center'], count: 2 },
      { erp: 'omie', reason: 'history_missing', where: ['/history'], count: 1 },
    ])
  })
})

test('an ERP that is removed refuses everything that was done in it', async () => {
  await simpleGit({ baseDir: project.root }).raw(['rm', '-r', '--quiet', '--cached', 'erps/omie'])
  await simpleGit({ baseDir: project.root }).raw(['reset', '--quiet'])
  rmSync(join(project.root, 'erps/omie'), { recursive: true })
  rmSync(join(project.root, 'policies/omie'), { recursive: true })
  const input = events.input(['operator'], 'create_payment', { ...open, '/args/amount': 10 })
  const impact = await replayed(write('removed.jsonl', [event('omie-1', input, ALLOWED)]))
  expect(impact.to_deny).toMatchObject([{ tool: 'create_payment', codes: ['erp_absent'], count: 1 }])
})
