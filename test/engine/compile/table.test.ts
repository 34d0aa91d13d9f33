import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openPolicyCompiler, type PolicyCompiler } from '../../../engine/compile/compile.ts'
import { startJudge } from '../../../engine/compile/judge.ts'
import { readContent } from '../../../engine/contract/bundle-content.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import type { DecisionRow, Expectation } from '../../../engine/validate/decision-table.ts'
import { checkedErp, edited, placesOf } from './project.ts'

const TABLE = 'policies/omie/decisions.yaml'
let compiler: PolicyCompiler
let omie: CheckedErp

beforeAll(async () => {
  compiler = await openPolicyCompiler({ compiler: inject('compiler'), deadlineMs: 1_000 })
  omie = await checkedErp('omie')
})
afterAll(() => compiler.close())

// Written out of line: an object literal with a `then` looks like a promise to linters.
const THEN = 'then'

function row({ expected, ...changes }: Partial<DecisionRow> & { expected?: Expectation }): DecisionRow {
  const base = { name: 'planted', as: ['operator'], does: 'create_payment', with: {}, given: {}, masks: null }
  return { ...base, [THEN]: expected ?? { effect: 'allow' }, place: { line: 77, column: 5 }, ...changes }
}

async function judged(...rows: DecisionRow[]): ReturnType<PolicyCompiler['compileErp']> {
  return compiler.compileErp({ ...omie, decisions: { ...omie.decisions, rows } }, { checks: 'fast' })
}

describe('a row of decisions.yaml that comes out otherwise is found at its place', () => {
  test('in its effect', async () => {
    const { findings } = await judged(row({ with: { '/args/amount': 1000.01, '/resolved/payable/open_amount': 5000 } }))
    expect(placesOf(findings)).toEqual([`DECISION_DIFFERS ${TABLE}:77`])
    expect(findings[0]).toMatchObject({
      severity: 'error',
      column: 5,
      message: '`planted`: expected allow, got require_approval by 1 of [approver]',
    })
  })

  test('in its reasons', async () => {
    const { findings } = await judged(row({ as: ['viewer'], expected: { effect: 'deny', codes: ['amount_unknown'] } }))
    expect(findings[0]?.message).toBe('`planted`: expected deny [amount_unknown], got deny [permission_missing]')
  })

  test('in who has to agree', async () => {
    const with2 = { '/args/amount': 60_000, '/resolved/payable/open_amount': 90_000 }
    const asked: Expectation = { effect: 'require_approval', count: 1, roles: ['approver'] }
    const { findings } = await judged(row({ with: with2, expected: asked }))
    expect(findings[0]?.message).toContain('got require_approval by 2 of [approver]')
  })

  test('in its masks', async () => {
    const { findings } = await judged(row({ does: 'get_vendors_list', as: ['admin'], masks: ['/*/email'] }))
    expect(findings[0]?.message).toBe('`planted`: expected allow, masks [/*/email], got allow, masks [/*/bank/pix_key]')
  })
})

test('where a limit is tried out, such rows are warnings and no canary is made of them', async () => {
  const config = structuredClone(omie.config)
  config.rbac.alcada.settle = [{ up_to: 200_000_00, currency: 'BRL', approvers: 0, roles: [], when: null }]
  const { findings, files } = await compiler.compileErp({ ...omie, config }, { differing: 'warning' })
  const kinds = new Set(findings.map(({ code, severity }) => `${code} ${severity}`))
  // Rows with approvals that are no longer needed are still allowed without them.
  expect(kinds).toEqual(new Set(['DECISION_DIFFERS warning', 'OMISSION_ALLOWED warning']))
  const differing = findings.filter(({ code }) => code === 'DECISION_DIFFERS')
  expect(readContent(files, 'omie').canaries.length).toBe(omie.decisions.rows.length - differing.length)
})

test('an input that no server builds is found', async () => {
  const { findings } = await judged(row({ given: { '/time/hour': 24 } }))
  expect(placesOf(findings)).toEqual([`DECISION_INVALID ${TABLE}:77`])
  expect(findings[0]?.message).toContain('/time/hour')
})

test('a module that does not load is found', async () => {
  const judge = startJudge()
  const wasm = Uint8Array.from([0, 97, 115, 109])
  const { findings } = await judge.judge({ checked: omie, reads: null, differing: 'error' }, wasm)
  await judge.close()
  expect(placesOf(findings)).toEqual(['POLICY_NOT_LOADED policies/omie/decision.rego:1'])
})

test('a policy that does not come to an end is found at the row that shows it, and the next one is judged', async () => {
  const endless = [
    'company_named if {',
    '\tinput.caller.id == "endless"',
    ...['x', 'y', 'z'].map((name) => `\tsome ${name} in numbers.range(1, 10000)`),
    '\t(x + y) + z == 0',
    '}',
  ].join('\n')
  const good = 'company_named if is_string(input.caller.company)'
  const planted = edited(omie, 'policies/shared/access.rego', good, `${good}\n\n${endless}`)
  const rows = [
    row({}),
    row({ given: { '/caller/id': 'endless', '/caller/company': null }, place: { line: 88, column: 5 } }),
  ]
  const { findings } = await compiler.compileErp(
    { ...planted, decisions: { ...omie.decisions, rows } },
    { checks: 'fast' },
  )
  expect(placesOf(findings)).toEqual([`EVALUATION_HANGS ${TABLE}:88`])
  expect((await judged(row({}))).findings).toEqual([])
})
