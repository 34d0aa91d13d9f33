import { expect, test } from 'vitest'
import { rolesAsked, standInRoles } from '../../../engine/contract/approval-roles.ts'
import { configWith } from '../../helpers/identity/config.ts'

const PLACES = {
  eva: [
    { role: 'approver', from_ms: 50, until_ms: 100 },
    { role: 'approver', from_ms: 80, until_ms: 120 },
    { role: 'admin', from_ms: 90, until_ms: 91 },
  ],
}

test.each([
  [49, []],
  [50, ['approver']],
  [90, ['admin', 'approver']],
  [119, ['approver']],
  [120, []],
])('at the instant %i eva stands in as %j', (at, roles) => {
  expect(standInRoles('eva', at, PLACES)).toEqual(roles)
})

test('nobody else stands in for anybody, whatever their name', () => {
  expect([standInRoles('rui', 60, PLACES), standInRoles('constructor', 60, PLACES)]).toEqual([[], []])
})

test('roles are asked for by bands that need somebody, by guards, and where admins need another admin', () => {
  const config = configWith({ callers: {}, token_rotation_s: 60 })
  const band = { up_to: 1, currency: 'BRL', when: null }
  const bands = [
    { ...band, approvers: 0, roles: ['unasked'] },
    { ...band, approvers: 2, roles: ['controller'] },
  ]
  const rbac = { ...config.rbac, roles: { ...config.rbac.roles, boss: ['admin' as const] }, alcada: { settle: bands } }
  const duplicates = { window_days: 1, approvers: 1, roles: ['approver'] }
  const guards = { bank_freeze: null, deletes: null, period_lock: null, export: null, hours: null, duplicates }
  const security = { ...config.security, guards }
  expect(rolesAsked({ rbac, security })).toEqual(['approver', 'boss', 'controller'])
  expect(rolesAsked({ rbac, security: { ...security, admin_approval: false } })).toEqual(['approver', 'controller'])
})
