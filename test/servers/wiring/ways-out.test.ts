import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApprovalChannel } from '../../../engine/contract/approval-rules.ts'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import { readConfig } from '../../../servers/config.ts'
import { createRedactor, type Redactor } from '../../../servers/credentials/redactor.ts'
import type { NoticeText } from '../../../servers/ops/approval-notice.ts'
import type { CallAnswer, IncomingCall } from '../../../servers/request/call.ts'
import type { ApprovalAsk } from '../../../servers/state/approvals.ts'
import { type OpenedEntry, openState, type State } from '../../../servers/state/state.ts'
import { secretsInSettings } from '../../../servers/wiring/known-secrets.ts'
import { waysOut } from '../../../servers/wiring/ways-out.ts'
import { payment, paymentInput } from '../state/fixtures.ts'

// Each way out alone: what comes to it holds a secret that nothing before it took out.

const SECRET = 'c4n4ry-key-of-aurora'
const KNOWING: Redactor = createRedactor()
KNOWING.learn([SECRET])
const { state: stateOf, answers, event, notices } = waysOut(KNOWING)

const input = (args: Record<string, unknown>): DecisionInput => ({ ...paymentInput(), args })
const opening = (args: Record<string, unknown>): OpenedEntry => ({
  ...payment(),
  args,
  input: input(args),
  repeatKey: null,
})

const folder = mkdtempSync(join(tmpdir(), 'alcada-ways-out-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('what stays behind', () => {
  let inner: State
  let state: State
  beforeAll(async () => {
    inner = await openState({ path: join(folder, 'state'), erp: 'omie', now: Date.now })
    state = stateOf(inner)
  })
  afterAll(() => inner.stop())

  const kept = (): string =>
    readdirSync(join(folder, 'state'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n')

  test('no entry holds it: neither its arguments, its outcome, nor a name or code somebody chose', async () => {
    const args = { description: SECRET, [SECRET]: [SECRET] }
    const opened = await state.open(opening(args))
    if (opened.kind !== 'opened') throw new Error('expected an entry')
    await state.close(opened.entry, { outcome: { kind: 'failed', code: SECRET }, took_ms: 1, rows: 0 })
    const read = await state.open({ ...opening({ id: SECRET }), input: null, decision: null, purpose: 'resolve' })
    if (read.kind !== 'opened') throw new Error('expected an entry')
    const nobody = { request: null, caller: null, revision: null, bundle: null, decision: null }
    await state.record({
      ...nobody,
      what: 'refused',
      code: SECRET,
      tool: `get_${SECRET}`,
      source: SECRET,
      input: input(args),
    })
    expect(JSON.stringify(await inner.entries(1, 100))).not.toContain(SECRET)
    expect(kept()).not.toContain(SECRET)
  })

  test('calls that differ in a secret alone are not the same call', async () => {
    const asked = (description: string): OpenedEntry => opening({ description })
    const other = 'c4n4ry-key-of-brisa'
    KNOWING.learn([other])
    expect((await state.open(asked(SECRET))).kind).toBe('opened')
    expect((await state.open(asked(other))).kind).toBe('opened')
    expect((await state.open(asked(SECRET))).kind).toBe('repeat')
  })

  test('a request for approval shows it to nobody, and the call that is made is the one that was approved', async () => {
    const asked = input({ description: `with ${SECRET}` })
    const { args, caller, tool, facts } = asked
    const ask: ApprovalAsk = {
      binding: {
        caller,
        company: '12345678000195',
        tool: tool.name,
        catalogue: 'd',
        effect: 'settle',
        permission: 'write',
        args,
        facts,
      },
      asked: { count: 1, roles: ['approver'] },
      sealed: {
        args,
        resolved: { payable: { note: SECRET } },
        before: null,
        identity: { caller, companies: ['12345678000195'], rolesClaimed: true, tokenId: null },
      },
      input: asked,
      decision: {
        effect: 'require_approval',
        reasons: [],
        approval: { count: 1, roles: ['approver'] },
        mask: [],
        permission: 'write',
        granted: true,
      },
      expiresS: 60,
      substitutes: {},
      request: 'r1',
      revision: 1,
      bundle: 'sha256:b',
    }
    const { request } = await state.approvals.ask(ask)
    const seen = await state.approvals.view(request.id, { ...caller, id: 'u90', person: 'u90', kind: 'human' })
    expect(seen).toMatchObject({ args: { description: 'with [secret]' }, resolved: { payable: { note: '[secret]' } } })
    expect((await state.approvals.view(request.id, null))?.args).toEqual({ description: `with ${SECRET}` })
    expect((await state.approvals.find(ask.binding))?.same).toBe(true)

    const approver = { by: 'u90', person: 'u90', roles: ['approver'] }
    await state.approvals.decide(request.id, approver, caller, { kind: 'reject', reason: `not with ${SECRET}` })
    expect((await state.approvals.get(request.id))?.reason).toBe('not with [secret]')
    expect(kept()).not.toContain(SECRET)
  })

  test('the decision log reads no secret, also where it became one afterwards', async () => {
    const later = 'c4n4ry-not-yet-secret'
    const nobody = { request: null, caller: null, revision: null, bundle: null, input: null, decision: null }
    await state.record({ ...nobody, what: 'refused', code: 'unknown_tool', tool: later })
    KNOWING.learn([later])
    expect(JSON.stringify(await inner.entries(1, 100))).toContain(later)
    expect(JSON.stringify(await state.entries(1, 100))).not.toContain(later)
  })
})

describe('what leaves', () => {
  const incoming: IncomingCall = {
    identity: {
      caller: { id: 'agent-1', person: 'u17', kind: 'agent', roles: [], token_age_s: 1 },
      companies: [],
      rolesClaimed: false,
      tokenId: null,
    },
    tool: 'get_vendors_list',
    args: {},
    dryRun: false,
    requestId: 'r',
  }

  test.each<[string, CallAnswer]>([
    [
      'a refusal',
      {
        kind: 'refusal',
        refusal: { error: { code: 'erp_server', message: SECRET }, alcada: { entry: null, retry: 'never' } },
      },
    ],
    ['the name of a tool', { kind: 'unknown_tool', tool: `get_${SECRET}`, entry: null }],
  ])('%s', async (_what, answer) => {
    const handler = answers({ call: async () => answer, list: () => [] })
    const told = JSON.stringify(await handler.call(incoming))
    expect(told).toContain('[secret]')
    expect(told).not.toContain(SECRET)
  })

  test('a notice', async () => {
    const sent: NoticeText[] = []
    const channel: ApprovalChannel = { type: 'email', recipients: ['a@example.com'] }
    await notices(async (_channel, text) => void sent.push(text))(channel, { subject: SECRET, text: `see ${SECRET}` })
    expect(sent).toEqual([{ subject: '[secret]', text: 'see [secret]' }])
  })

  test('the event of a call, for metrics, console and log', () => {
    const called = {
      request: 'r',
      entry: null,
      caller: 'a',
      person: 'u',
      revision: 1,
      outcome: 'refused',
      decision: null,
      reasons: '',
      masked: 0,
      took_ms: 1,
    } as const
    expect(event({ ...called, tool: SECRET, code: SECRET })).toMatchObject({ tool: '[secret]', code: '[secret]' })
  })
})

test('the secrets among the settings are known from the start', async () => {
  const file = (name: string): string => {
    writeFileSync(join(folder, name), `token-in-${name}\n`)
    return join(folder, name)
  }
  const known = await secretsInSettings(
    readConfig({
      ALCADA_ERP: 'omie',
      ALCADA_CHANNEL: 'c',
      ALCADA_TRUST_FILE: 't',
      ALCADA_TOKEN_KEYS_FILE: 'k',
      ALCADA_STATE_DIR: 's',
      ALCADA_CREDENTIALS_STORE: 'store.jwe',
      ALCADA_CREDENTIALS_KEY: 'key-in-the-environment',
      ALCADA_DATABASE_URL: 'postgres://alcada:db-p%40ss@db/ledger',
      ALCADA_SMTP_URL: 'smtps://alcada:mail-pass@mail.example',
      ALCADA_DECISION_LOG_URL: 'https://logs.example',
      ALCADA_DECISION_LOG_TOKEN_FILE: file('decisions'),
      ALCADA_ANCHOR_TOKEN_FILE: file('anchor'),
    }),
  )
  expect(known).toEqual([
    'db-p%40ss',
    'db-p@ss',
    'mail-pass',
    'mail-pass',
    'key-in-the-environment',
    'token-in-decisions',
    'token-in-anchor',
  ])
})
