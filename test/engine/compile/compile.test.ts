import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import {
  type CompiledErp,
  compileErp,
  openPolicyCompiler,
  type PolicyCompiler,
} from '../../../engine/compile/compile.ts'
import { readContent } from '../../../engine/contract/bundle-content.ts'
import { meets } from '../../../engine/contract/canary.ts'
import { instantiatePolicy } from '../../../engine/contract/evaluate.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { checkedErp, edited } from './project.ts'

const compiler = inject('compiler')
let opened: PolicyCompiler

beforeAll(async () => {
  opened = await openPolicyCompiler({ compiler })
})
afterAll(() => opened.close())

describe.each(['omie', 'nibo', 'bling', 'tryton'])('the policy of %s', (name) => {
  let checked: CheckedErp
  let compiled: CompiledErp

  beforeAll(async () => {
    checked = await checkedErp(name)
    compiled = await opened.compileErp(checked)
  })

  test('has no finding', () => {
    expect(compiled.findings).toEqual([])
  })

  test('makes a bundle whose content a server accepts, without its tests', () => {
    const content = readContent(compiled.files, name)
    expect(content.manifest.roots).toEqual(['config', 'shared', name])
    expect([...compiled.files.keys()].filter((file) => file.includes('_test'))).toEqual([])
    expect(compiled.files.has(`${name}/decision.rego`)).toBe(true)
  })

  test('answers its canaries as they say', async () => {
    const { wasm, data, canaries } = readContent(compiled.files, name)
    const policy = await instantiatePolicy({ wasm, data, erp: name })
    expect(canaries.filter((canary) => !meets(policy.decide(canary.input), canary))).toEqual([])
    expect(canaries.length).toBeGreaterThan(50)
  })

  test('shows every tool of which some call can be allowed or approved', async () => {
    const { wasm, data, canaries } = readContent(compiled.files, name)
    const policy = await instantiatePolicy({ wasm, data, erp: name })
    const hidden = canaries
      .filter(({ input }) => policy.decide(input).effect !== 'deny')
      .filter(({ input }) => !policy.visible({ caller: input.caller }).includes(input.tool.name))
    expect(hidden).toEqual([])
  })

  test('comes out the same, byte by byte, from another compiler in another folder', async () => {
    const again = await compileErp(checked, { compiler, checks: 'fast' })
    expect(again.digest).toBe(compiled.digest)
    expect([...again.files]).toEqual([...compiled.files])
  })
})

test('a changed limit gives another bundle with the same module', async () => {
  const omie = await checkedErp('omie')
  const before = await opened.compileErp(omie, { checks: 'fast' })
  const config = structuredClone(omie.config)
  config.rbac.alcada.settle = [{ up_to: 200_000, currency: 'BRL', approvers: 0, roles: [] }]
  const after = await opened.compileErp({ ...omie, config }, { checks: 'fast', differing: 'warning' })
  expect(after.digest).not.toBe(before.digest)
  expect(after.files.get('policy.wasm')).toEqual(before.files.get('policy.wasm'))
  expect(after.files.get('.manifest')).not.toEqual(before.files.get('.manifest'))
})

test('what has not changed is not compiled again', async () => {
  const omie = await checkedErp('omie')
  const first = await opened.compileErp(omie, { checks: 'fast' })
  expect(await opened.compileErp(await checkedErp('omie'), { checks: 'fast' })).toBe(first)
})

test('the module alone is the one of the bundle, of each Rego its own, and none where it has a fault', async () => {
  const omie = await checkedErp('omie')
  const { files } = await opened.compileErp(omie, { checks: 'fast' })
  const limit = ['policies/shared/alcada.rego', 'amount <= candidate.up_to', 'amount < candidate.up_to'] as const
  const [same, other, faulty] = await Promise.all([
    opened.moduleOf(omie),
    opened.moduleOf(edited(omie, ...limit)),
    opened.moduleOf(edited(omie, limit[0], limit[1], 'amunt <= candidate.up_to')),
  ])
  expect(same).toEqual(files.get('policy.wasm'))
  expect(other).not.toBeNull()
  expect(other).not.toEqual(same)
  expect(faulty).toBeNull()
})
