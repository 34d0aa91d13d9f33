import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openPolicyCompiler, type PolicyCompiler } from '../../engine/compile/compile.ts'
import { readContent } from '../../engine/contract/bundle-content.ts'
import { instantiatePolicy, type Policy } from '../../engine/contract/evaluate.ts'
import type { CheckedErp } from '../../engine/validate/checked.ts'
import { checkedErp } from '../engine/compile/project.ts'

let compiler: PolicyCompiler
beforeAll(async () => {
  compiler = await openPolicyCompiler({ compiler: inject('compiler') })
})
afterAll(() => compiler.close())

describe.each(['omie', 'nibo', 'bling', 'tryton'])('who sees which tools of %s', (name) => {
  let checked: CheckedErp
  let policy: Policy

  beforeAll(async () => {
    checked = await checkedErp(name)
    const { files } = await compiler.compileErp(checked, { checks: 'fast' })
    policy = await instantiatePolicy({ ...readContent(files, name), erp: name })
  })

  function seenBy(...roles: string[]): string[] {
    const caller = { id: 'agent-1', person: 'u17', kind: 'agent', roles, company: null, token_age_s: 60 } as const
    return policy.visible({ caller: { ...caller, roles } })
  }

  function withPermission(...permissions: string[]): string[] {
    const tools = Object.entries(checked.config.rbac.tools)
    return tools.flatMap(([tool, permission]) => (permissions.includes(permission) ? [tool] : [])).sort()
  }

  test('a viewer sees the tools that read, and so does a token without roles', () => {
    expect(seenBy('viewer')).toEqual(withPermission('read'))
    expect(seenBy()).toEqual(withPermission('read'))
    expect(seenBy('viewer').every((tool) => tool.startsWith('get_'))).toBe(true)
  })

  test('an operator also those that write, an admin all', () => {
    expect(seenBy('operator')).toEqual(withPermission('read', 'write'))
    expect(seenBy('admin')).toEqual(Object.keys(checked.catalogue.tools).sort())
  })

  test('an approver, an auditor and a role that nobody defined see none', () => {
    expect([seenBy('approver'), seenBy('auditor'), seenBy('admin', 'boss')]).toEqual([[], [], []])
  })
})
