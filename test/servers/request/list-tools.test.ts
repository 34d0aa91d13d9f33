import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import type { Config } from '../../../engine/contract/config.ts'
import { type Guards, type Hours, NO_GUARDS } from '../../../engine/contract/config-guards.ts'
import type { ActivePolicy } from '../../../servers/policy/status.ts'
import { limitsInWords } from '../../../servers/request/limits-in-words.ts'
import { listTools } from '../../../servers/request/list-tools.ts'
import { AURORA, BRISA, identity, omiePolicy } from './world.ts'

let omie: ActivePolicy
beforeAll(async () => {
  omie = await omiePolicy(inject('compiler'))
})

const namesFor = (role: string | null): string[] => listTools(omie, identity(role)).map(({ name }) => name)

test('a viewer sees reads only, an operator writes too, an admin deletes as well, an auditor nothing', () => {
  expect(namesFor('viewer')).toContain('get_vendors_list')
  expect(namesFor('viewer').some((name) => /^(create|update|delete)_/.test(name))).toBe(false)
  expect(namesFor('operator')).toContain('create_payment')
  expect(namesFor('operator')).not.toContain('delete_vendor')
  expect(namesFor('admin')).toContain('delete_vendor')
  expect(namesFor('auditor')).toEqual([])
})

test('a token without roles sees what the default role sees; an unknown role sees nothing', () => {
  expect(namesFor(null)).toEqual(namesFor('readonly'))
  expect(namesFor('superuser')).toEqual([])
})

test('the list has one order', () => {
  expect(namesFor('admin')).toEqual([...namesFor('admin')].sort())
})

test('a payment tells the limits in the words of a Brazilian', () => {
  const tool = listTools(omie, identity('operator')).find(({ name }) => name === 'create_payment')
  expect(tool?.description).toBe(
    "Settle a payable, wholly or in part: this moves money in the books (settles up to R$ 1.000,00 alone while the day's total is at most R$ 5.000,00, up to R$ 50.000,00 with 1 approval, up to R$ 200.000,00 with 2 approvals; in all at most R$ 300.000,00 a day for your person, R$ 1.000.000,00 a day for the company, R$ 5.000.000,00 in 30 days for the company; on business days from 8 to 18 h, America/Sao_Paulo)",
  )
})

describe('every limit that a caller has on a tool stands in its words', () => {
  const PAY = { effect: 'settle', money: true, entity: 'payment' } as const
  const LIST = { effect: 'read', money: false, entity: 'customer', facts: { rows: '/args/page_size' } } as const
  const operator = { roles: ['operator'] }
  const band = { currency: 'BRL', roles: ['approver'] }
  const withRbac = (rbac: Partial<Config['rbac']>): Config => ({
    ...omie.config,
    security: { ...omie.config.security, guards: NO_GUARDS },
    rbac: { ...omie.config.rbac, ...rbac },
  })
  const guarded = (guards: Partial<Guards>): Config => ({
    ...withRbac({ alcada: {}, totals: null }),
    security: { ...omie.config.security, guards: { ...NO_GUARDS, ...guards } },
  })

  test('none where there is none', () => {
    expect(limitsInWords({ ...LIST, entity: 'vendor' }, guarded({}), operator)).toBe('')
  })

  test('bands with their conditions, those for other roles left out', () => {
    const when = { caller_roles: null, counterparty_class: null, cost_centers: null, day_total: null }
    const dates = { valid_from: null, valid_until: null }
    const limited = withRbac({
      totals: null,
      alcada: {
        settle: [
          { ...band, up_to: 100_000, approvers: 0, when: { ...when, ...dates, day_total: 500_000 } },
          { ...band, up_to: 900_000, approvers: 0, when: { ...when, ...dates, caller_roles: ['admin'] } },
          {
            ...band,
            up_to: 5_000_000,
            approvers: 1,
            when: { ...when, valid_from: '2026-01-01', valid_until: '2026-12-31' },
          },
          {
            ...band,
            up_to: 9_000_000,
            approvers: 2,
            when: { ...when, ...dates, counterparty_class: 'utilities', cost_centers: ['7', '8'] },
          },
        ],
      },
    })
    const alone = "up to R$ 1.000,00 alone while the day's total is at most R$ 5.000,00"
    const one = 'up to R$ 50.000,00 with 1 approval from 2026-01-01 until 2026-12-31'
    const two = 'up to R$ 90.000,00 with 2 approvals to the class utilities of cost centre 7 or 8'
    expect(limitsInWords(PAY, limited, operator)).toBe(` (settles ${alone}, ${one}, ${two})`)
    expect(limitsInWords(PAY, limited, { roles: ['admin'] })).toContain('up to R$ 9.000,00 alone')
  })

  test('totals of the day and of the window', () => {
    const limits = [
      { of: 'person', over: 'day', up_to: 30_000_000 },
      { of: 'company', over: 'window', up_to: 500_000_000 },
    ] as const
    const limited = withRbac({ alcada: {}, totals: { window_days: 30, limits: [...limits] } })
    expect(limitsInWords(PAY, limited, operator)).toBe(
      ' (in all at most R$ 300.000,00 a day for your person, R$ 5.000.000,00 in 30 days for the company)',
    )
  })

  test('hours, and rows of lists', () => {
    const hours: Hours = {
      ...{ effects: ['settle'], business_days: true, from: 8, until: 18, zone: 'America/Sao_Paulo' },
      ...{ holidays: {}, calendar_from: '2026-01-01', calendar_until: '2027-12-31' },
    }
    expect(limitsInWords(PAY, guarded({ hours }), operator)).toBe(
      ' (on business days from 8 to 18 h, America/Sao_Paulo)',
    )
    expect(limitsInWords(LIST, guarded({ hours }), operator)).toBe('')
    const cap = { rows_per_call: 500, rows_per_day: 5000, entities: ['customer'], filter_required: ['customer'] }
    expect(limitsInWords(LIST, guarded({ export: cap }), operator)).toBe(
      ' (at most 500 rows a call, 5000 a day, narrowed by a text of three characters or more)',
    )
    expect(limitsInWords({ ...LIST, entity: 'vendor' }, guarded({ export: cap }), operator)).toBe(
      ' (at most 500 rows a call)',
    )
  })
})

test('only a caller bound to several companies is asked for one', () => {
  const schemaFor = (companies: string[]) =>
    listTools(omie, identity('viewer', companies)).find(({ name }) => name === 'get_vendor_by_id')?.inputSchema
  expect(schemaFor([AURORA])?.['required']).toEqual(['id'])
  expect(schemaFor([AURORA, BRISA])).toMatchObject({
    required: ['id', 'company'],
    properties: { company: { type: 'string', enum: [AURORA, BRISA] } },
  })
})

test('the hints follow from the effect', () => {
  const hints = Object.fromEntries(listTools(omie, identity('admin')).map((tool) => [tool.name, tool.annotations]))
  expect(hints['get_vendors_list']).toEqual({
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  })
  expect(hints['create_payment']).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: true })
  expect(hints['delete_vendor']).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: false })
  expect(hints['update_vendor']).toMatchObject({ readOnlyHint: false, destructiveHint: false })
})

test('every schema in the list is one that a strict client compiles', () => {
  for (const tool of listTools(omie, identity('admin', [AURORA, BRISA]))) {
    const ajv = new Ajv2020({ strict: true, strictTypes: false })
    formatsPlugin.default(ajv)
    expect(() => [ajv.compile(tool.inputSchema), ajv.compile(tool.outputSchema)], tool.name).not.toThrow()
  }
})

test('a format of ours is taken out wherever a schema may hold another', () => {
  const amount = { type: 'number', format: 'centavos' }
  const input = { type: 'object', anyOf: [{ properties: { amount } }, { allOf: [{ items: { oneOf: [amount] } }] }] }
  const { get_vendor_by_id: tool, ...tools } = omie.catalogue.tools
  if (tool === undefined) throw new Error('expected the tool')
  const changed = {
    ...omie,
    catalogue: { ...omie.catalogue, tools: { ...tools, get_vendor_by_id: { ...tool, input } } },
  }
  const listed = listTools(changed, identity('viewer')).find(({ name }) => name === 'get_vendor_by_id')
  expect(JSON.stringify(listed?.inputSchema)).not.toContain('centavos')
  expect(JSON.stringify(listed?.inputSchema)).toContain('{"type":"number"}')
})
