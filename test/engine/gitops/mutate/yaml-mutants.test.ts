import { expect, test } from 'vitest'
import { changedLines } from '../../../../engine/gitops/mutate/mutant.ts'
import { yamlMutants } from '../../../../engine/gitops/mutate/yaml-mutants.ts'

function changesOf(text: string, roles: string[] = ['viewer', 'approver', 'admin']): string[] {
  return yamlMutants('policies/omie/rbac.yaml', text, roles).map(
    (mutant) => `${mutant.line}:${mutant.column} ${mutant.kind}: ${changedLines(text, mutant).after.join(' ').trim()}`,
  )
}

test('money is a centavo off, a count one, a flag the other way, each way', () => {
  expect(changesOf('up_to: 1000.00\n')).toEqual(
    expect.arrayContaining(['1:8 number: up_to: 1000.01', '1:8 number: up_to: 999.99']),
  )
  expect(changesOf('approvers: 1\n')).toEqual(
    expect.arrayContaining(['1:12 number: approvers: 2', '1:12 number: approvers: 0']),
  )
  expect(changesOf('rbac_enabled: true\n')).toContain('1:15 flag: rbac_enabled: false')
})

test('durations and days are a step off, quotes kept', () => {
  expect(changesOf('hold: "72h"\n')).toEqual(
    expect.arrayContaining(['1:7 duration: hold: "73h"', '1:7 duration: hold: "71h"']),
  )
  expect(changesOf('until: 2026-12-31\n')).toEqual(
    expect.arrayContaining(['1:8 day: until: 2027-01-01', '1:8 day: until: 2026-12-30']),
  )
})

test('a role is taken for the next one, and left out of its list', () => {
  const changes = changesOf('bank: [admin, approver]\n')
  expect(changes).toEqual(
    expect.arrayContaining([
      '1:8 role: bank: [viewer, approver]',
      '1:15 role: bank: [admin, admin]',
      '1:8 element dropped: bank: [approver]',
      '1:8 element dropped: bank: [admin]',
    ]),
  )
})

test('a key is left out, of a map in braces and of one in lines', () => {
  expect(changesOf('bank: { approvers: 1, hold: "72h" }\n')).toEqual(
    expect.arrayContaining(['1:9 key dropped: bank: { hold: "72h" }', '1:9 key dropped: bank: { approvers: 1 }']),
  )
  const text = 'limits:\n  day: 5.00 # a day\n  window: 9.00\n'
  const [change] = yamlMutants('x.yaml', text, []).filter(({ kind, line }) => kind === 'key dropped' && line === 2)
  expect(change && changedLines(text, change)).toEqual({ before: ['  day: 5.00 # a day'], after: [] })
})
