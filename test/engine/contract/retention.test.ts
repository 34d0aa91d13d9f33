import { expect, test } from 'vitest'
import type { Config } from '../../../engine/contract/config.ts'
import { type Guards, NO_GUARDS } from '../../../engine/contract/config-guards.ts'
import { windowDays } from '../../../engine/contract/retention.ts'
import { configWith } from '../../helpers/identity/config.ts'

function days(rbac: Partial<Config['rbac']>, guards: Partial<Guards> = {}): number {
  const config = configWith({ callers: {}, token_rotation_s: 86_400 })
  return windowDays({
    rbac: { ...config.rbac, ...rbac },
    security: { ...config.security, guards: { ...NO_GUARDS, ...guards } },
  })
}

test('nothing leaves the database that a rule of the policy looks back to, with a day for zones', () => {
  expect(days({})).toBe(31)
  expect(days({ duties: { window_days: 60, window_ms: 0 } })).toBe(61)
  expect(days({ totals: { window_days: 90, limits: [] } })).toBe(91)
  expect(days({}, { duplicates: { window_days: 45, approvers: 1, roles: [] } })).toBe(46)
  expect(days({}, { bank_freeze: { approvers: 1, roles: [], hold_ms: 40.5 * 86_400_000 } })).toBe(42)
})
