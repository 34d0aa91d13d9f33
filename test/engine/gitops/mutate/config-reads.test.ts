import { expect, inject, test } from 'vitest'
import { programOf } from '../../../../engine/gitops/diff/diff.ts'
import { configReads, isConfigRead } from '../../../../engine/gitops/mutate/config-reads.ts'
import { checkedErp } from '../../compile/project.ts'

const reads = configReads(await programOf(await checkedErp('omie'), inject('compiler')))

test('a limit in a list that is looped over is read', () => {
  expect(isConfigRead(reads, 'rbac.alcada.settle')).toBe(true)
  expect(isConfigRead(reads, 'rbac.roles.admin')).toBe(true)
})

test('a part of the configuration that a rule names is read as far as it is asked of', () => {
  expect(isConfigRead(reads, 'security.guards.hours.until')).toBe(true)
  expect(isConfigRead(reads, 'security.guards.duplicates.roles')).toBe(true)
  expect(isConfigRead(reads, 'security.guards.duplicates.window_days')).toBe(false)
})

test('whether a part is there is read with what stands in it', () => {
  expect(isConfigRead(reads, 'security.guards.duplicates')).toBe(true)
  expect(isConfigRead(reads, 'rbac.totals')).toBe(true)
  expect(isConfigRead(reads, 'rbac.totals.window_days')).toBe(false)
})

test('what servers enforce in code is read by no rule', () => {
  expect(isConfigRead(reads, 'security.max_failures')).toBe(false)
  expect(isConfigRead(reads, 'rbac.budgets.operator.calls_per_minute')).toBe(false)
  expect(isConfigRead(reads, 'alerts.notifications')).toBe(false)
})
