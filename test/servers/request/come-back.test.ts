import { expect, test } from 'vitest'
import type { Config } from '../../../engine/contract/config.ts'
import { type Guards, type Hours, NO_GUARDS } from '../../../engine/contract/config-guards.ts'
import type { DecisionInput, History } from '../../../engine/contract/decision-input.ts'
import { NO_HISTORY } from '../../../engine/contract/history.ts'
import { timeIn } from '../../../engine/contract/zone-time.ts'
import { comesBack } from '../../../servers/request/come-back.ts'
import { forgeConfig } from '../../helpers/forge/content.ts'
import { paymentInput } from '../state/fixtures.ts'

const HOURS: Hours = {
  ...{ effects: ['settle'], business_days: true, from: 8, until: 18, zone: 'America/Sao_Paulo' },
  ...{ holidays: { '2026-12-25': true }, calendar_from: '2026-01-01', calendar_until: '2026-12-31' },
}

function under(guards: Partial<Guards>, totals: Config['rbac']['totals'] = null): Config {
  const config = forgeConfig()
  return {
    ...config,
    rbac: { ...config.rbac, totals },
    security: { ...config.security, guards: { ...NO_GUARDS, ...guards } },
  }
}

/** A payment of R$ 900,00 at an instant. */
function at(instant: string, history: Partial<History> = {}): DecisionInput {
  const time = timeIn('America/Sao_Paulo')(Date.parse(instant))
  return { ...paymentInput(), time, history: { ...NO_HISTORY, ...history } }
}

function back(codes: string[], input: DecisionInput, config: Config): string | null {
  const reasons = codes.map((code) => ({ code, message: '' }))
  const ms = comesBack(reasons, input, config)
  return ms === null ? null : new Date(ms).toISOString()
}

test.each([
  ['early on a Wednesday: the same day', '2026-11-25T05:00:00Z', '2026-11-25T11:00:00.000Z'],
  ['in the evening: the next morning', '2026-11-25T22:30:00Z', '2026-11-26T11:00:00.000Z'],
  ['past midnight in London, still Wednesday here', '2026-11-26T01:00:00Z', '2026-11-26T11:00:00.000Z'],
  ['on Friday evening: on Monday', '2026-11-27T21:00:00Z', '2026-11-30T11:00:00.000Z'],
  ['before a holiday on a Friday: after the weekend', '2026-12-24T21:00:00Z', '2026-12-28T11:00:00.000Z'],
  ['at the end of the days whose holidays are known: nobody can say', '2026-12-31T21:00:00Z', null],
])('out of hours, %s', (_when, instant, expected) => {
  expect(back(['outside_hours'], at(instant), under({ hours: HOURS }))).toBe(expected)
})

test('where weekends count too, the next morning is the next day', () => {
  const config = under({ hours: { ...HOURS, business_days: false } })
  expect(back(['outside_hours'], at('2026-11-27T21:00:00Z'), config)).toBe('2026-11-28T11:00:00.000Z')
})

const settled = (day: number, window: number): Pick<History, 'settled'> => ({
  settled: { ...NO_HISTORY.settled, person: { day, window } },
})
const totals = (over: 'day' | 'window', up_to: number): Config['rbac']['totals'] => ({
  window_days: 30,
  limits: [{ of: 'person', over, up_to }],
})

test.each<[string, Pick<History, 'settled'>, Config['rbac']['totals'], string | null]>([
  [
    'a total of the day begins anew at midnight',
    settled(50_000, 50_000),
    totals('day', 100_000),
    '2026-11-26T03:00:00.000Z',
  ],
  ['what is too much for any day stays so', settled(0, 0), totals('day', 80_000), null],
  ['when a window has room again nobody can say', settled(0, 50_000), totals('window', 100_000), null],
])('%s', (_rule, history, limits, expected) => {
  const input = at('2026-11-25T13:00:00Z', history)
  expect(back(['total_above_limit'], input, under({}, limits))).toBe(expected)
})

test('rows of the day begin anew at midnight, unless one call asks for more than a day may give', () => {
  const config = under({
    export: { rows_per_call: 500, rows_per_day: 5_000, entities: ['customer'], filter_required: [] },
  })
  const input = (rows: number): DecisionInput => {
    const asked = at('2026-11-25T13:00:00Z', { rows_today: 4_900 })
    return { ...asked, facts: { ...asked.facts, rows } }
  }
  expect(back(['rows_today_above_cap'], input(500), config)).toBe('2026-11-26T03:00:00.000Z')
  expect(back(['rows_today_above_cap'], input(5_001), config)).toBeNull()
})

test('a hold on payments ends when it was said to', () => {
  const config = under({ bank_freeze: { approvers: 1, roles: ['approver'], hold_ms: 72 * 3_600_000 } })
  const input = at('2026-11-25T13:00:00Z', { bank_changed_ms: Date.parse('2026-11-24T13:00:00Z') })
  expect(back(['bank_data_frozen'], input, config)).toBe('2026-11-27T13:00:00.000Z')
})

test('of several reasons the last to pass counts, and one that does not pass is enough for never', () => {
  const config = under({ hours: HOURS }, totals('day', 100_000))
  const input = at('2026-11-25T22:30:00Z', settled(50_000, 50_000))
  expect(back(['outside_hours', 'total_above_limit'], input, config)).toBe('2026-11-26T11:00:00.000Z')
  expect(back(['outside_hours', 'permission_missing'], input, config)).toBeNull()
  expect(back([], input, config)).toBeNull()
})
