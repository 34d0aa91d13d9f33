import { describe, expect, test } from 'vitest'
import type { AccessDiff } from '../../../../engine/gitops/diff/diff.ts'
import { kindOfPath } from '../../../../engine/gitops/risk/kind-of-path.ts'
import { riskOf } from '../../../../engine/gitops/risk/risk.ts'

const NONE: AccessDiff = { wider: [], narrower: [], obligations: [], unreached: [], catalogue: [], contexts: 0 }
const CHANGE = {
  erp: 'omie',
  role: 'operator',
  tool: 'create_payment',
  sentence: 'operator may now …',
  count: 1,
  witness: { setting: 'x', base: 1, head: 2 },
}
const RBAC = [{ path: 'policies/omie/rbac.yaml', link: false }]

describe('a file', () => {
  test.each([
    ['engine/contract/facts.ts', 'code'],
    ['servers/request/mask.ts', 'code'],
    ['.github/workflows/check.yml', 'code'],
    ['.github/approvers.yaml', 'code'],
    ['.github/CODEOWNERS', 'code'],
    ['.github/dependabot.yml', 'code'],
    ['.ci/run', 'code'],
    ['package.json', 'code'],
    ['package-lock.json', 'code'],
    ['.npmrc', 'code'],
    ['.gitattributes', 'code'],
    ['tsconfig.json', 'code'],
    ['.alcada/cache/gate/0.json', 'code'],
    ['something-nobody-thought-of', 'code'],
    ['erps/omie/run.ts', 'code'],
    ['policies/omie/rbac.yaml', 'policy'],
    ['policies/shared/approval.rego', 'policy'],
    ['erps/omie/tools.yaml', 'policy'],
    ['erps/omie/sandbox/seed.json', 'neutral'],
    ['policies/README.md', 'neutral'],
    ['README.md', 'neutral'],
    ['test/engine/cli.test.ts', 'neutral'],
    ['.github/images/a.png', 'neutral'],
  ])('%s is %s', (path, kind) => {
    expect(kindOfPath({ path, link: false })).toBe(kind)
  })

  test('that is a link is code, wherever it stands', () => {
    expect(kindOfPath({ path: 'policies/omie/rbac.yaml', link: true })).toBe('code')
  })
})

describe('a change', () => {
  test('that shows nowhere is neutral', () => {
    expect(riskOf(RBAC, NONE)).toEqual({
      class: 'neutral',
      reasons: ['nobody may do anything that they might not before'],
      second_group: false,
    })
  })

  test('that only narrows or asks for more is narrowing', () => {
    const diff = { ...NONE, narrower: [CHANGE], obligations: [{ ...CHANGE, loosens: false }] }
    expect(riskOf(RBAC, diff)).toEqual({
      class: 'narrowing',
      reasons: ['1 change lets somebody do less', '1 change asks for more consent or hides more'],
      second_group: false,
    })
  })

  test.each<[string, Partial<AccessDiff>, string]>([
    ['lets somebody do more', { wider: [CHANGE, CHANGE] }, '2 changes let somebody do more'],
    ['asks for less', { obligations: [{ ...CHANGE, loosens: true }] }, '1 change asks for less consent or hides less'],
    ['is of the ERP itself', { catalogue: [{ erp: 'omie', sentence: 'x' }] }, '1 change of what an ERP is'],
    [
      'no context reaches',
      { unreached: [{ erp: 'omie', tool: '', sentence: 'x', harmless: false }] },
      '1 change that no context reaches',
    ],
  ])('that %s is widening, whatever else it narrows', (_, part, reason) => {
    expect(riskOf(RBAC, { ...NONE, narrower: [CHANGE], ...part })).toEqual({
      class: 'widening',
      reasons: [reason, '1 change lets somebody do less'],
      second_group: true,
    })
  })

  test('of what somebody is told alone is none of these', () => {
    const diff = { ...NONE, unreached: [{ erp: 'omie', tool: '', sentence: 'x', harmless: true }] }
    expect(riskOf(RBAC, diff).class).toBe('neutral')
  })

  test('of code is code, and names what of it', () => {
    const paths = ['.ci/run', '.github/approvers.yaml', 'a', 'b', 'c', 'd', 'e'].map((path) => ({ path, link: false }))
    expect(riskOf(paths, { ...NONE, wider: [CHANGE] })).toEqual({
      class: 'code',
      reasons: [
        '`.ci/run` changed, which decides what is asked of a change',
        '`.github/approvers.yaml` changed, which says who may approve',
        '`a` changed, which is not known to be harmless',
        '`b` changed, which is not known to be harmless',
        '`c` changed, which is not known to be harmless',
        '2 more files of that kind changed',
        '1 change lets somebody do more',
      ],
      second_group: true,
    })
  })
})
