import { beforeAll, describe, expect, test } from 'vitest'
import { callerBudget } from '../../engine/contract/budget.ts'
import type { CheckedErp } from '../../engine/validate/checked.ts'
import { checkedErp } from '../engine/compile/project.ts'

const MINUTE_MS = 60_000

describe.each([
  ['omie', { viewer: [60, null], operator: [120, 30], admin: [120, 30] }],
  ['nibo', { viewer: [60, null], operator: [120, 30], admin: [120, 30] }],
  ['bling', { viewer: [30, null], operator: [60, 15], admin: [60, 15] }],
  ['tryton', { viewer: [120, null], operator: [240, 60], admin: [240, 60] }],
] as const)('what one caller of %s may ask in a minute', (name, expected) => {
  let checked: CheckedErp
  beforeAll(async () => {
    checked = await checkedErp(name)
  })
  const of = (roles: string[]): (number | null)[] => {
    const { calls_per_minute, writes_per_minute } = callerBudget(checked.config, { id: 'agent-1', roles })
    return [calls_per_minute, writes_per_minute]
  }

  test.each(Object.entries(expected))('as %s', (role, budget) => {
    expect(of([role])).toEqual(budget)
  })

  test('no role that grants anything is without one, nor is a token that names no role', () => {
    const granting = Object.entries(checked.config.rbac.roles).filter(([, permissions]) => permissions.length > 0)
    for (const roles of [...granting.map(([role]) => [role]), []]) expect(of(roles)[0]).not.toBeNull()
  })

  test('leaves half of what the ERP gives to others, whichever limit a caller meets', () => {
    const { limits = [] } = checked.catalogue.erp
    const perMinute = limits.flatMap(({ max, perMs, onHit }) =>
      max === undefined || perMs === undefined || onHit === 'cache' ? [] : [(max * MINUTE_MS) / perMs],
    )
    for (const most of perMinute)
      for (const role of Object.keys(expected)) expect(of([role])[0]).toBeLessThanOrEqual(most / 2)
  })
})
