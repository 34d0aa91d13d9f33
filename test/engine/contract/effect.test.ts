import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effectOf } from '../../../engine/contract/effect.ts'
import { stricter } from '../../../engine/contract/permission.ts'
import { EFFECTS, PERMISSIONS } from '../../../engine/contract/vocabulary.ts'

type Declared = Parameters<typeof effectOf>[0]

const create: Declared = {
  effect: 'create',
  effectOverrides: [{ when: '/issue_nfse', equals: true, effect: 'fiscal' }],
}

test('an argument raises the effect and with it the permission', () => {
  expect(effectOf(create, 'write', { issue_nfse: true })).toEqual({ effect: 'fiscal', permission: 'admin' })
  expect(effectOf(create, 'write', { issue_nfse: false })).toEqual({ effect: 'create', permission: 'write' })
  expect(effectOf(create, 'write', {})).toEqual({ effect: 'create', permission: 'write' })
})

test('an override without a value counts for any value', () => {
  const tool: Declared = {
    effect: 'update',
    effectOverrides: [{ when: '/bank', effect: 'settle', permission: 'admin' }],
  }
  expect(effectOf(tool, 'write', { bank: null })).toEqual({ effect: 'settle', permission: 'admin' })
})

test('the permission of the catalogue is a floor', () => {
  expect(effectOf({ effect: 'read' }, 'admin', {})).toEqual({ effect: 'read', permission: 'admin' })
  expect(effectOf({ effect: 'fiscal' }, 'read', {})).toEqual({ effect: 'fiscal', permission: 'admin' })
})

test('no override ever lowers an effect or a permission', () => {
  const effect = fc.constantFrom(...EFFECTS)
  const permission = fc.constantFrom(...PERMISSIONS)
  fc.assert(
    fc.property(effect, effect, permission, permission, (declared, other, base, asked) => {
      const tool = { effect: declared, effectOverrides: [{ when: '/x', effect: other, permission: asked }] }
      const plain = effectOf({ effect: declared }, base, { x: 1 })
      const raised = effectOf(tool, base, { x: 1 })
      expect(EFFECTS.indexOf(raised.effect)).toBeGreaterThanOrEqual(EFFECTS.indexOf(plain.effect))
      expect(stricter(raised.permission, plain.permission)).toBe(raised.permission)
    }),
  )
})
