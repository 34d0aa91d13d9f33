import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { branchName } from '../../../../engine/gitops/propose/branch-name.ts'
import { parseSetting, withValue } from '../../../../engine/gitops/propose/set-value.ts'

const TEXT = `# Who may do what.
rbac:
  roles:
    viewer: { permissions: [read] }   # looks, and touches nothing
  alcada:
    settle:
      # first band
      - { up_to: 1000.00, currency: BRL, approvers: 0 }
      - { up_to:   50000.00, currency: "BRL", approvers: 1, roles: [approver] }

  "a/b": 'quoted'
`
const FILE = 'policies/omie/rbac.yaml'
const set = (pointer: string, value: string): string => withValue(TEXT, { file: FILE, pointer, value })

describe('one value is changed, and every other byte stays', () => {
  test.each([
    ['/rbac/alcada/settle/0/up_to', '2000.00', 'up_to: 1000.00', 'up_to: 2000.00'],
    ['/rbac/alcada/settle/1/up_to', '60000.50', 'up_to:   50000.00', 'up_to:   60000.50'],
    ['/rbac/alcada/settle/1/currency', 'USD', '"BRL"', 'USD'],
    ['/rbac/alcada/settle/1/currency', 'a, b', '"BRL"', '"a, b"'],
    ['/rbac/alcada/settle/1/currency', 'x # y', '"BRL"', '"x # y"'],
    ['/rbac/roles/viewer/permissions', '[read, write]', '[read]', '[read, write]'],
    ['/rbac/a~1b', '"new"', "'quoted'", '"new"'],
  ])('%s=%s', (pointer, value, from, to) => {
    expect(set(pointer, value)).toBe(TEXT.replace(from, to))
  })

  test('any text at all comes back as it was given, and nothing around it changes', () => {
    const line = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\n\r\u0085\u2028\u2029]/.test(text))
    fc.assert(
      fc.property(line, (value) => {
        const quoted = JSON.stringify(value)
        const changed = withValue(TEXT, { file: FILE, pointer: '/rbac/a~1b', value: quoted })
        const [before, after] = [parse(TEXT), parse(changed)]
        expect(after).toEqual({ rbac: { ...before.rbac, 'a/b': after.rbac['a/b'] } })
      }),
      { numRuns: 60 },
    )
  })
})

describe('what cannot be set is refused with what would be right', () => {
  test.each([
    [
      '/rbac/alcada/settle/9/up_to',
      '1',
      'has no `/rbac/alcada/settle/9`: `/rbac/alcada/settle` is a list of 2, counted from 0',
    ],
    ['/rbac/rolls/viewer', '1', 'has no `/rbac/rolls`: `/rbac` has `roles`, `alcada`, `a/b`'],
    [
      '/rbac/alcada/settle/0/up_to/x',
      '1',
      'has no `/rbac/alcada/settle/0/up_to/x`: `/rbac/alcada/settle/0/up_to` is a single value',
    ],
    [
      '/rbac/alcada/settle/0/up_to',
      '[1]',
      '`/rbac/alcada/settle/0/up_to` of `policies/omie/rbac.yaml` is a single value, and `[1]` is a list',
    ],
    ['/rbac/roles/viewer/permissions', 'read', 'is a list, and `read` is a single value'],
    ['/rbac/alcada/settle', '[]', 'stands on several lines; set what it holds one by one'],
    ['/rbac/alcada/settle/0/up_to', '"open', 'expected one line of YAML'],
    ['/__proto__/x', '1', 'has no `/__proto__`: the top has `rbac`'],
  ])('%s=%s', (pointer, value, message) => {
    expect(() => set(pointer, value)).toThrow(message)
  })

  test('an anchor is set where it stands', () => {
    const text = 'a: &x 1\nb: *x\n'
    expect(() => withValue(text, { file: FILE, pointer: '/b', value: '2' })).toThrow(
      'stands elsewhere in it; set it there',
    )
  })

  test.each([
    'policies/omie/rbac.yaml',
    'policies/omie/rbac.yaml:/rbac/x=',
    '../etc/x.yaml:/a=1',
    'engine/cli.ts:/a=1',
    'policies/omie/../../x.yaml:/a=1',
  ])('%s', (text) => {
    expect(() => parseSetting(text)).toThrow(/^expected /)
  })
})

describe('a branch is named for its title', () => {
  test.each([
    ['Raise the alçada of operators', 'alcada/raise-the-alcada-of-operators'],
    ['Raise the alçada of operators\n\nBecause', 'alcada/raise-the-alcada-of-operators'],
    ['--force ../../main', 'alcada/force-main'],
    ['…', 'alcada/change'],
    ['x'.repeat(200), `alcada/${'x'.repeat(60)}`],
  ])('%s', (message, branch) => {
    expect(branchName(message)).toBe(branch)
  })
})
