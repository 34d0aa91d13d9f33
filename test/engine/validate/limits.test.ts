import { expect, test } from 'vitest'
import { loadTree } from '../../../engine/load/load.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Edit, withTree } from '../../helpers/overlay.ts'

async function loja(edits: Edit[] = []): Promise<CheckedErp> {
  const checked = await withTree(edits, async (root) => validateTree((await loadTree(root)).tree).erps['loja'])
  if (checked === undefined) throw new Error('the tree has errors')
  return checked
}

const SECURITY = 'policies/loja/security.yaml'
const RBAC = 'policies/loja/rbac.yaml'
const BAND = '{ up_to: 1000.00, currency: BRL, approvers: 0 }'

test('every key of a guard reaches Rego, with its default where it is left out', async () => {
  const { config } = await loja([
    {
      file: SECURITY,
      append: `  guards:
    bank_freeze: { approvers: 2, roles: [approver], hold: "72h" }
    deletes: { forbidden_to: [agent] }
    period_lock: { locked_until: { "12ABC34501DE35": 2026-10-31 } }
    export: { rows_per_call: 500, rows_per_day: 5000, entities: [vendor] }
    duplicates: { window_days: 7, approvers: 1, roles: [admin] }
    hours: { effects: [settle], business_days: true, from: 8, until: 18, holidays: [2026-02-16] }
`,
      times: 1,
    },
  ])
  const { hours, ...others } = config.security.guards ?? {}
  expect(others).toEqual({
    bank_freeze: { approvers: 2, roles: ['approver'], hold_ms: 259_200_000 },
    deletes: { forbidden_to: ['agent'], reason_min_length: 1 },
    period_lock: { locked_until: { '12ABC34501DE35': '2026-10-31' } },
    export: { rows_per_call: 500, rows_per_day: 5000, entities: ['vendor'], filter_required: [] },
    duplicates: { window_days: 7, approvers: 1, roles: ['admin'] },
  })
  expect(hours).toMatchObject({
    effects: ['settle'],
    business_days: true,
    from: 8,
    until: 18,
    zone: 'America/Sao_Paulo',
    holidays: { '2026-02-16': true, '2026-12-25': true },
    calendar_until: '2035-12-31',
  })
})

test('where every day counts, no day is a holiday', async () => {
  const guards =
    '  guards:\n    hours: { effects: [settle], business_days: false, from: 0, until: 24, zone: America/Manaus }\n'
  const { config } = await loja([{ file: SECURITY, append: guards, times: 1 }])
  expect(config.security.guards?.hours).toMatchObject({ zone: 'America/Manaus', holidays: {} })
})

test('conditions of bands, totals, classes and stand-ins reach Rego in centavos and instants', async () => {
  const { config } = await loja([
    {
      file: RBAC,
      replace: BAND,
      with: '{ up_to: 1000.00, currency: BRL, approvers: 0, day_total: 3000.50, caller_roles: [operator], counterparty_class: known, cost_centers: ["3"], valid_from: 2026-01-01, valid_until: 2026-12-31 }',
    },
    {
      file: RBAC,
      append: `  duties: { window_days: 30 }
  totals: { window_days: 7, person: { day: 10.00 }, company: { window: 20.00 } }
  counterparty_classes: { known: ["9", "8"], local: ["9"] }
  substitutes: [{ person: u9, role: approver, from: 2026-12-20, until: 2027-01-05 }]
`,
      times: 1,
    },
  ])
  expect(config.rbac.alcada.settle?.[0]?.when).toEqual({
    caller_roles: ['operator'],
    counterparty_class: 'known',
    cost_centers: ['3'],
    day_total: 300_050,
    valid_from: '2026-01-01',
    valid_until: '2026-12-31',
  })
  expect(config.rbac.duties).toEqual({ window_days: 30, window_ms: 2_592_000_000 })
  expect(config.rbac.totals).toEqual({
    window_days: 7,
    limits: [
      { of: 'person', over: 'day', up_to: 1_000 },
      { of: 'company', over: 'window', up_to: 2_000 },
    ],
  })
  expect(config.rbac.counterparty_classes).toEqual({ '8': ['known'], '9': ['known', 'local'] })
  // From midnight of the first day to midnight after the last, in São Paulo.
  expect(config.rbac.substitutes).toEqual({
    u9: [
      {
        role: 'approver',
        from_ms: Date.parse('2026-12-20T03:00:00Z'),
        until_ms: Date.parse('2027-01-06T03:00:00Z'),
      },
    ],
  })
})

test('bands for other calls are another ladder', async () => {
  const { config } = await loja([
    { file: RBAC, replace: BAND, with: `{ up_to: 60000.00, currency: BRL, approvers: 0, caller_roles: [admin] }` },
  ])
  expect(config.rbac.alcada.settle?.map(({ up_to }) => up_to)).toEqual([6_000_000, 5_000_050])
})

test('budgets of roles and of a caller reach the server, null where nothing is said', async () => {
  const { config } = await loja([
    { file: RBAC, append: '  budgets: { operator: { calls_per_minute: 60, writes_per_minute: 10 } }\n', times: 1 },
    { file: RBAC, replace: 'roles: [operator]', with: 'roles: [operator], budget: { writes_per_minute: 3 }' },
  ])
  expect(config.rbac.budgets).toEqual({ operator: { calls_per_minute: 60, writes_per_minute: 10 } })
  const budgets = Object.values(config.rbac.callers).map(({ budget }) => budget)
  expect(budgets).toContainEqual({ calls_per_minute: null, writes_per_minute: 3 })
})

test.each([
  ['of a role that there is not', '  budgets: { operatr: { calls_per_minute: 60 } }\n', 'ROLE_UNKNOWN'],
  ['that says nothing', '  budgets: { operator: {} }\n', 'VALUE_OUT_OF_RANGE'],
  ['of no calls at all', '  budgets: { operator: { calls_per_minute: 0 } }\n', 'VALUE_OUT_OF_RANGE'],
])('a budget %s is a finding', async (_name, append, code) => {
  const findings = await withTree([{ file: RBAC, append, times: 1 }], async (root) => {
    return validateTree((await loadTree(root)).tree).findings
  })
  expect(findings.map((finding) => finding.code)).toEqual([code])
})
