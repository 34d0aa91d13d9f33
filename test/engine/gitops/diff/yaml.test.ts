import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { inputOf } from '../../../../engine/compile/row-input.ts'
import { BUNDLE_FILES } from '../../../../engine/contract/bundle-claims.ts'
import { instantiatePolicy } from '../../../../engine/contract/evaluate.ts'
import { outcomeOf } from '../../../../engine/contract/outcome.ts'
import { situations } from '../../../../engine/gitops/diff/contexts.ts'
import { decidePair } from '../../../../engine/gitops/diff/decide.ts'
import { type AccessDiff, erpDiff } from '../../../../engine/gitops/diff/diff.ts'
import { type Answers, amountOf, rolesOf } from '../../../../engine/gitops/diff/side.ts'
import { startThreads, type Threads } from '../../../../engine/gitops/diff/threads.ts'
import { loadTree } from '../../../../engine/load/load.ts'
import { readYaml } from '../../../../engine/load/yaml.ts'
import type { CheckedErp } from '../../../../engine/validate/checked.ts'
import { put } from '../../../../engine/validate/row-call.ts'
import { validateTree } from '../../../../engine/validate/validate.ts'
import { compiledErp } from '../../../bench/compiled.ts'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
type Edit = ['rbac' | 'security', string, string]

let wasm: Uint8Array<ArrayBuffer>
let base: CheckedErp
let threads: Threads
beforeAll(async () => {
  // Only the YAML changes here: one module serves both sides.
  wasm = Uint8Array.from((await compiledErp(ROOT, 'omie')).files.get(BUNDLE_FILES.wasm) ?? [])
  base = await edited()
  threads = startThreads()
})
afterAll(() => threads.close())

async function edited(...edits: Edit[]): Promise<CheckedErp> {
  const { tree } = await loadTree(ROOT, ['omie'])
  const files = tree.erps['omie']!.files
  for (const [file, from, to] of edits) {
    const { path, text } = files[file]!
    if (text.split(from).length !== 2) throw new Error(`expected \`${from}\` once in ${path}`)
    files[file] = readYaml(path, text.replace(from, to)).file
  }
  const { erps, findings } = validateTree(tree)
  if (erps['omie'] === undefined) throw new Error(JSON.stringify(findings[0]))
  return erps['omie']
}

async function compared(before: CheckedErp, after: CheckedErp): Promise<AccessDiff> {
  return erpDiff('omie', before, after, { opa: inject('compiler'), wasmOf: async () => wasm, threads })
}

const sentences = (lines: readonly { sentence: string }[]): string[] => lines.map(({ sentence }) => sentence)
const REVOKED = 'rbac:\n  revoked: { callers: [agent-7], persons: [u5], companies: ["12ABC34501DE35"] }\n'

test('every context is decided as a server decides it, one at a time', async () => {
  const policy = await instantiatePolicy({ wasm, data: { config: base.config }, erp: 'omie' })
  const names = ['create_payment', 'get_vendors_list', 'delete_vendor', 'update_vendor']
  const jobs = names.map((tool) => {
    const call = base.decisions.examples[tool]!
    const amount = amountOf(base, tool, call)
    const source = { tool: base.catalogue.tools[tool]!, call, amount, configs: [base.config], rules: [] }
    return { tool, cases: situations(source) }
  })
  const roles = rolesOf([base.config])
  const { outcomes, ids } = (await decidePair({ base: null, head: { checked: base, wasm } }, { jobs, roles })).head
  const expected = jobs.flatMap(({ tool, cases }) =>
    roles.flatMap((role) =>
      cases.map(({ call, given }) => {
        const input = structuredClone(inputOf(base, { as: role, does: tool, given: {} }, call)!)
        for (const [pointer, value] of Object.entries(given)) put(input, pointer, value)
        if (!policy.visible({ caller: input.caller }).includes(tool)) return { effect: 'deny', codes: ['tool_hidden'] }
        return outcomeOf(policy.decide(input))
      }),
    ),
  )
  expect(ids).toHaveLength(expected.length)
  expect([...ids].map((id) => outcomes[id])).toEqual(expected)
  expect(new Set(expected.map(({ effect }) => effect))).toEqual(new Set(['allow', 'deny', 'require_approval']))
})

test.each<[string, Edit]>([
  ['a limit, which few tools look at', ['rbac', 'up_to: 1000.00, currency', 'up_to: 5000.00, currency']],
  ['an hour, which all look at', ['security', 'until: 18', 'until: 20']],
  ['a span of time', ['rbac', 'duties: { window_days: 30 }', 'duties: { window_days: 20 }']],
])('one answer for both sides is the answer of each: %s', async (_, edit) => {
  const after = await edited(edit)
  const configs = [base.config, after.config]
  const jobs = Object.values(base.catalogue.tools).map((tool) => {
    const call = base.decisions.examples[tool.name]!
    const cases = situations({ tool, call, amount: amountOf(base, tool.name, call), configs, rules: [] })
    return { tool: tool.name, cases }
  })
  const work = { jobs, roles: [['operator'], ['admin'], ['viewer']] }
  const [old, now] = [base, after].map((checked) => ({ checked, wasm }))
  const together = await threads.decide({ base: old!, head: now! }, work)
  const apart = {
    base: (await decidePair({ base: null, head: old! }, work)).head,
    head: (await decidePair({ base: null, head: now! }, work)).head,
  }
  for (const side of ['base', 'head'] as const) {
    const read = ({ outcomes, ids }: Answers): unknown[] => [...ids].map((id) => outcomes[id])
    expect(read(together[side])).toEqual(read(apart[side]))
  }
})

test.each<[string, Edit, string]>([
  [
    'a hold on changed bank data that ends an hour sooner',
    ['security', 'hold: "72h"', 'hold: "71h"'],
    'operator calls create_payment on omie where bank data of the counterparty changed 72 hours less an instant ago: now is allowed, before it was refused (bank_data_frozen)',
  ],
  [
    'a shorter time in which nobody pays whom they entered',
    ['rbac', 'duties: { window_days: 30 }', 'duties: { window_days: 29 }'],
    'operator calls create_payment on omie where the caller did create the counterparty 720 hours less an instant ago: now is allowed, before it was refused (own_counterparty)',
  ],
  ['another role for a token that names none', ['security', 'default_role: "readonly"', 'default_role: "auditor"'], ''],
  [
    'a larger total of a day',
    ['rbac', 'person: { day: 300000.00 }', 'person: { day: 400000.00 }'],
    'operator calls create_payment on omie where the person has R$ 299.100,01 settled in this day already: now is allowed, before it was refused (total_above_limit)',
  ],
])('%s is found', async (_, edit, sentence) => {
  const found = await compared(base, await edited(edit))
  const all = [...found.wider, ...found.narrower]
  expect(sentences(all)).toContainEqual(expect.stringContaining(sentence))
  expect(found.unreached).toEqual([])
})

test('who is no longer stopped is told by name', async () => {
  const { wider, narrower } = await compared(await edited(['rbac', 'rbac:\n', REVOKED]), base)
  expect(sentences(wider)).toContainEqual(
    expect.stringMatching(/^operator calls create_payment on omie where agent-7 calls: now is allowed/),
  )
  expect(sentences(wider).join('\n')).not.toContain('u99')
  expect(narrower).toEqual([])
})

test('the closed books of another company than the usual one are compared', async () => {
  const { wider } = await compared(
    base,
    await edited(['security', '"12ABC34501DE35": 2026-09-30', '"12ABC34501DE35": 2026-08-31']),
  )
  expect(sentences(wider)).toContainEqual(
    expect.stringContaining('where the call is for the company 12ABC34501DE35, dated 2026-09-30'),
  )
})

test('a band for one class of parties and one month is met as a whole', async () => {
  const band = `settle:
      - { up_to: 90000.00, currency: BRL, approvers: 0, counterparty_class: known, valid_from: 2026-12-01, valid_until: 2026-12-30 }`
  const { wider } = await compared(
    base,
    await edited(
      ['rbac', 'settle:', band],
      ['rbac', 'rbac:\n', 'rbac:\n  counterparty_classes: { known: ["4711"] }\n'],
    ),
  )
  expect(sentences(wider)).toContainEqual(
    expect.stringContaining('the amount is R$ 90.000,00 and the counterparty is 4711 and the day is 2026-12-01'),
  )
})

test('what the servers obey without asking the policy is told with both values', async () => {
  const { wider, narrower, contexts } = await compared(
    base,
    await edited(
      ['security', 'max_failures: 3', 'max_failures: 30'],
      ['security', 'retention_days: 90', 'retention_days: 30'],
      ['security', 'lockout_duration: "15m"', 'lockout_duration: "20m"'],
      [
        'rbac',
        'rbac:\n',
        'rbac:\n  callers: { agent-9: { person: u19, companies: ["12345678000195"], roles: [viewer] } }\n',
      ],
    ),
  )
  expect(contexts).toBeGreaterThan(1000)
  expect(wider).toContainEqual({
    erp: 'omie',
    role: '',
    tool: '',
    sentence: 'failed sign-ins before a lock-out: now 30, was 3 (omie)',
    count: 1,
    witness: { setting: 'security.max_failures', base: 3, head: 30 },
  })
  expect(sentences(wider)).toContain('days that logs are kept: now 30, was 90 (omie)')
  expect(sentences(narrower)).toContain('seconds of a lock-out: now 1200, was 900 (omie)')
  expect(sentences(narrower)).toContain('agent-9 is limited to what rbac.yaml says of it (omie)')
  expect(sentences(narrower)).toContain(
    'operator calls create_payment on omie where agent-9 calls for the company 12345678000195: now is refused (caller_role_not_registered), before it was allowed',
  )
})

test('of several keys the one that no context shows is named, though another shows', async () => {
  const { wider, unreached } = await compared(
    base,
    await edited(
      ['security', 'rows_per_day: 5000', 'rows_per_day: 6000'],
      ['security', 'zone: America/Sao_Paulo', 'zone: America/Recife'],
    ),
  )
  expect(wider.length).toBeGreaterThan(0)
  expect(sentences(unreached)).toEqual([
    'security.guards.hours.zone of omie changed, and no context comes out otherwise',
  ])
})

test('a holiday and the length of a reason are limits too', async () => {
  const { wider } = await compared(
    base,
    await edited(
      ['security', '2027-02-09, 2027-05-27]', '2027-05-27]'],
      ['security', 'reason_min_length: 10', 'reason_min_length: 9'],
    ),
  )
  expect(sentences(wider)).toContainEqual(expect.stringContaining('where it is the day 2027-02-09: now is allowed'))
  expect(sentences(wider)).toContainEqual(expect.stringContaining('where the reason has 9 letters: now is allowed'))
})
