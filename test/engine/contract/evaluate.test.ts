import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { runCompiler } from '../../../engine/compile/compiler/run.ts'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import { instantiatePolicy, type Policy } from '../../../engine/contract/evaluate.ts'
import { NO_HISTORY } from '../../../engine/contract/history.ts'
import { readTar } from '../../../engine/contract/tar.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alcada-evaluate-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const ALLOW = '{"effect": "allow", "reasons": [], "approval": null, "mask": [], "permission": "read", "granted": true}'
const VISIBLE = 'visible := ["b", "a"]'
const ALERTS = 'alerts := [{"code": "x", "message": "y"}]'

/** The module of a package `erp` with these rules. */
async function wasmOf(
  rules: string[],
  entrypoints = ['decision', 'visible', 'alerts'],
): Promise<Uint8Array<ArrayBuffer>> {
  const cwd = await mkdtemp(join(dir, 'erp-'))
  await writeFile(join(cwd, 'erp.rego'), `package erp\n\n${rules.join('\n\n')}\n`)
  const named = entrypoints.flatMap((name) => ['-e', `erp/${name}`])
  const args = ['build', '-b', '.', '-t', 'wasm', ...named, '-o', 'out.tar.gz']
  const { code, stderr } = await runCompiler(inject('compiler'), args, { cwd })
  if (code !== 0) throw new Error(stderr)
  const files = readTar(gunzipSync(await readFile(join(cwd, 'out.tar.gz'))))
  return Uint8Array.from(files.get('policy.wasm') ?? [])
}

async function policyOf(decision: string, visible = VISIBLE, alerts = ALERTS): Promise<Policy> {
  return instantiatePolicy({ wasm: await wasmOf([decision, visible, alerts]), data: { limit: 5 }, erp: 'erp' })
}

function input(changes: Partial<DecisionInput> = {}): DecisionInput {
  return {
    caller: { id: 'a', person: 'p', kind: 'agent', roles: [], company: '12345678000195', token_age_s: 1 },
    tool: { name: 't', entity: 'e', effect: 'read', permission: 'read', reversible: true, money: false, sensitive: [] },
    args: {},
    facts: {
      amount: null,
      open_amount: null,
      currency: 'BRL',
      counterparty: null,
      due_date: null,
      accrual_date: null,
      issue_date: null,
      cost_center: null,
      bank_change: false,
      idempotency_key: null,
      rows: null,
      filtered: false,
    },
    history: NO_HISTORY,
    time: { epoch_ms: 0, date: '2026-11-25', weekday: 3, hour: 10, zone: 'America/Sao_Paulo' },
    approvals: [],
    ...changes,
  }
}

function codes(policy: Policy, asked: DecisionInput): string[] {
  const decision = policy.decide(asked)
  return [decision.effect, ...decision.reasons.map(({ code }) => code)]
}

describe('whatever goes wrong is a deny with its own code', () => {
  test('an input of the wrong shape never reaches the policy, and is named without its value', async () => {
    const policy = await policyOf(`decision := ${ALLOW}`)
    const wrong = input()
    Reflect.set(wrong.facts, 'amount', '900.00')
    expect(policy.decide(wrong)).toMatchObject({ effect: 'deny', reasons: [{ code: 'input_invalid' }], granted: false })
    expect(policy.decide(wrong).reasons[0]?.message).toMatch(/^\/facts\/amount must be/)
    Reflect.deleteProperty(wrong.facts, 'amount')
    expect(codes(policy, wrong)).toEqual(['deny', 'input_invalid'])
  })

  test('no decision', async () => {
    const policy = await policyOf(`decision := ${ALLOW} if input.tool.name == "other"`)
    expect(codes(policy, input())).toEqual(['deny', 'decision_undefined'])
  })

  test.each([
    ['a bare true', 'decision := true'],
    ['an allow with a reason', `decision := object.union(${ALLOW}, {"reasons": [{"code": "x", "message": "y"}]})`],
    ['an allow that is not granted', `decision := object.union(${ALLOW}, {"granted": false})`],
    ['a deny without a reason', `decision := object.union(${ALLOW}, {"effect": "deny"})`],
    ['a field too many', `decision := object.union(${ALLOW}, {"force": true})`],
    ['an approval by nobody', `decision := object.union(${ALLOW}, {"effect": "require_approval"})`],
  ])('a decision of the wrong shape: %s', async (_, rule) => {
    expect(codes(await policyOf(rule), input())).toEqual(['deny', 'decision_malformed'])
  })

  test('two values for one rule make the module stop; the next call is answered again', async () => {
    const policy = await policyOf(`decision := ${ALLOW}\n\ndecision := {} if input.args.break`)
    expect(codes(policy, input({ args: { break: true } }))).toEqual(['deny', 'policy_failed'])
    expect(codes(policy, input())).toEqual(['allow'])
  })
})

describe('an input is read whole', () => {
  const echo = (rule: string): Promise<Policy> => policyOf(`decision := ${ALLOW} if ${rule}`)

  test('also a large one, which the memory has to grow for', async () => {
    const policy = await echo('count(input.args.text) == 3000000')
    expect(codes(policy, input({ args: { text: 'ç'.repeat(3_000_000) } }))).toEqual(['allow'])
    expect(codes(policy, input({ args: { text: 'short' } }))).toEqual(['deny', 'decision_undefined'])
  })

  test('a lone surrogate is replaced, in a text and in a name, where the module would stop', async () => {
    const policy = await echo('input.args["a\\ufffd"] == "b\\ufffd"')
    expect(codes(policy, input({ args: { 'a\ud800': 'b\udc00' } }))).toEqual(['allow'])
  })

  test('a backslash before what looks like one is left alone', async () => {
    const policy = await echo('input.args.text == "\\\\ud800"')
    expect(codes(policy, input({ args: { text: '\\ud800' } }))).toEqual(['allow'])
  })

  test('the data of the bundle stands beside it', async () => {
    expect(codes(await echo('data.limit == 5'), input())).toEqual(['allow'])
  })
})

describe('the other two questions', () => {
  const { caller } = input()
  const window = {
    total: 0,
    failed: 0,
    denied: 0,
    response_time_s: 0,
    rate_limit_hits_per_minute: 0,
    authentication_failures: 0,
    disk_used: 0,
    policy_rejected: false,
    policy_expires_in_s: 1,
    approved_wait_s: 0,
  }

  test('tools come sorted, alerts as they are', async () => {
    const policy = await policyOf(`decision := ${ALLOW}`)
    expect(policy.visible({ caller })).toEqual(['a', 'b'])
    expect(policy.alerts({ window })).toEqual([{ code: 'x', message: 'y' }])
  })

  test('of anything else no tool is visible, and an alert says that alerts cannot be told', async () => {
    const policy = await policyOf(`decision := ${ALLOW}`, 'visible := {"a": 1}', 'alerts := "none"')
    expect(policy.visible({ caller })).toEqual([])
    expect(policy.alerts({ window })).toMatchObject([{ code: 'alerts_failed' }])
    expect(policy.alerts({ window: { ...window, disk_used: 2 } })).toMatchObject([{ code: 'alerts_failed' }])
  })
})

describe('a bundle whose policy cannot be used is refused', () => {
  test('no module', async () => {
    const wasm = Uint8Array.from([0, 97, 115, 109, 9, 9, 9, 9])
    await expect(instantiatePolicy({ wasm, data: {}, erp: 'erp' })).rejects.toMatchObject({ code: 'POLICY_NOT_LOADED' })
  })

  test('a builtin that the host would have to bring', async () => {
    const wasm = await wasmOf([`decision := ${ALLOW} if time.now_ns() > 1`, VISIBLE, ALERTS])
    const error = { code: 'POLICY_BUILTIN_UNKNOWN', message: 'the policy of `erp` wants `time.now_ns` of its host' }
    await expect(instantiatePolicy({ wasm, data: {}, erp: 'erp' })).rejects.toMatchObject(error)
  })

  test('an entrypoint that is missing', async () => {
    const wasm = await wasmOf([`decision := ${ALLOW}`, VISIBLE], ['decision', 'visible'])
    const error = { code: 'POLICY_ENTRYPOINT_MISSING', message: 'the policy of `erp` has no entrypoint `erp/alerts`' }
    await expect(instantiatePolicy({ wasm, data: {}, erp: 'erp' })).rejects.toMatchObject(error)
  })
})
