import { describe, expect, test } from 'vitest'
import type { Config } from '../../../engine/contract/config.ts'
import type { Guards } from '../../../engine/contract/config-guards.ts'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import { type Described, replayInput } from '../../../engine/contract/replay-input.ts'
import type { ToolMap } from '../../../engine/contract/tool.ts'
import { forgeCatalogue, forgeConfig, forgeInput } from '../../helpers/forge/content.ts'

function described(tool: Partial<ToolMap> = {}, security: Partial<Config['security']> = {}): Described {
  const catalogue = forgeCatalogue('omie')
  const [name, known] = Object.entries(catalogue.tools)[0] ?? []
  if (name === undefined || known === undefined) throw new Error('expected a tool')
  const config = forgeConfig()
  return {
    catalogue: { ...catalogue, tools: { [name]: { ...known, ...tool } } },
    config: { ...config, security: { ...config.security, ...security } },
  }
}

function asked(args: Record<string, unknown>, facts: Partial<DecisionInput['facts']> = {}): DecisionInput {
  const input = forgeInput()
  return { ...input, args, facts: { ...input.facts, ...facts } }
}

const TOKEN = `tok_document_${'0'.repeat(32)}`
const NO_GUARD = { bank_freeze: null, deletes: null, period_lock: null, export: null, duplicates: null, hours: null }

describe('facts', () => {
  const plain = described({ facts: { amount: { sum: ['/args/amount'] } } })

  test('that come from arguments are made anew', () => {
    const side = described({ facts: { amount: { sum: ['/args/amount', '/args/fine'] } } })
    expect(replayInput(asked({ amount: 10, fine: 2 }, { amount: 1_000 }), plain, side)).toMatchObject({
      facts: { amount: 1_200 },
    })
  })

  test('that the log holds stay where their source is the same', () => {
    const side = described({ facts: { amount: { sum: ['/args/amount'] }, cost_center: '/args/center' } })
    const input = asked({ amount: 10, center: 'c-1' }, { amount: 777 })
    expect(replayInput(input, plain, side)).toMatchObject({ facts: { amount: 777, cost_center: 'c-1' } })
  })

  test('that come from a record, or from what is a token, are not known', () => {
    const record = described({ facts: { amount: { sum: ['/resolved/payable/amount'] } } })
    expect(replayInput(asked({ amount: 10 }), plain, record)).toEqual({ reason: 'facts_other', where: '/facts/amount' })
    const token = described({ facts: { amount: { sum: ['/args/amount'] }, counterparty: '/args/document' } })
    expect(replayInput(asked({ document: TOKEN }), plain, token)).toEqual({
      reason: 'input_masked',
      where: '/args/document',
    })
  })

  test('are not known where another record is read than was', () => {
    const facts = { counterparty: '/resolved/payable/vendor_id' }
    const step = { tool: 'get_vendors_list', as: 'payable', args: {} }
    const [old, now] = [
      described({ facts, resolve: [step] }),
      described({ facts, resolve: [{ ...step, maxAgeS: 60 }] }),
    ]
    expect(replayInput(asked({}), old, old)).toMatchObject({ tool: { name: 'get_vendors_list' } })
    expect(replayInput(asked({}), old, now)).toEqual({ reason: 'facts_other', where: '/facts' })
  })
})

test('the effect and permission are those of the side, and a token cannot be compared', () => {
  const side = described({ effectOverrides: [{ when: '/all', equals: true, effect: 'delete' }] })
  expect(replayInput(asked({ all: true }), described(), side)).toMatchObject({
    tool: { effect: 'delete', permission: 'delete' },
  })
  expect(replayInput(asked({ all: TOKEN }), described(), side)).toEqual({ reason: 'input_masked', where: '/args/all' })
})

test('the hour is that of the zone the side keeps its books in', () => {
  const hours = {
    effects: [],
    business_days: false,
    from: 8,
    until: 18,
    holidays: {},
    calendar_from: '2025-01-01',
    calendar_until: '2035-12-31',
  }
  const guards: Guards = { ...NO_GUARD, hours: { ...hours, zone: 'America/Rio_Branco' } }
  expect(replayInput(asked({}), described(), described({}, { guards }))).toMatchObject({
    time: { zone: 'America/Rio_Branco', date: '2026-11-25', hour: 8 },
  })
})

test('of a shorter window what is too old is left out', () => {
  const similar = (days: number): DecisionInput['history']['similar'][number] => ({
    entry: `omie-${days}`,
    at_ms: 1_795_611_600_000 - days * 86_400_000,
    amount: 1,
    due_date: null,
  })
  const guards = (window_days: number): Guards => ({
    ...NO_GUARD,
    duplicates: { window_days, approvers: 1, roles: [] },
  })
  const input = { ...asked({}), history: { ...forgeInput().history, similar: [similar(1), similar(5)] } }
  const [week, days] = [described({}, { guards: guards(7) }), described({}, { guards: guards(3) })]
  expect(replayInput(input, week, days)).toMatchObject({ history: { similar: [{ entry: 'omie-1' }] } })
})
