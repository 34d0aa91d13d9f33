import { simpleGit } from 'simple-git'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { compareTrees } from '../../../engine/gitops/compare-trees.ts'
import type { AccessDiff } from '../../../engine/gitops/diff/diff.ts'
import type { TestProject } from '../../helpers/alcada/project.ts'
import { repositoryOf } from './repository.ts'

let project: TestProject
beforeAll(async () => {
  project = await repositoryOf('omie')
})
afterAll(() => project.remove())
beforeEach(async () => {
  const git = simpleGit({ baseDir: project.root })
  await git.raw(['checkout', '--quiet', '--', '.'])
  await git.raw(['clean', '--quiet', '--force', '-d'])
})

function compared(): Promise<AccessDiff> {
  return compareTrees({ root: project.root, ref: 'HEAD', opa: inject('compiler') })
}

const sentences = (lines: readonly { sentence: string }[]): string[] => lines.map(({ sentence }) => sentence)
const RBAC = 'policies/omie/rbac.yaml'
const SECURITY = 'policies/omie/security.yaml'

test('the same sources have no difference, and nothing is decided', async () => {
  expect(await compared()).toEqual({
    wider: [],
    narrower: [],
    obligations: [],
    unreached: [],
    catalogue: [],
    contexts: 0,
  })
})

test('a comment and another layout change nothing', async () => {
  project.replace(RBAC, 'rbac:\n', '# a remark\nrbac:\n')
  expect((await compared()).contexts).toBe(0)
})

describe('a limit that is raised', () => {
  let found: AccessDiff
  beforeEach(async () => {
    project.replace(RBAC, 'up_to: 1000.00, currency', 'up_to: 5000.00, currency')
    found = await compared()
  })

  test('is wider for everybody who may settle, with both amounts in reais, and for nobody else', () => {
    expect(sentences(found.wider).sort()).toEqual([
      'admin may now settle up to R$ 5.000,00 without approval; was R$ 1.000,00 (create_payment on omie)',
      'admin may now settle up to R$ 5.000,00 without approval; was R$ 1.000,00 (create_receipt on omie)',
      'operator may now settle up to R$ 5.000,00 without approval; was R$ 1.000,00 (create_payment on omie)',
      'operator may now settle up to R$ 5.000,00 without approval; was R$ 1.000,00 (create_receipt on omie)',
    ])
    expect([found.narrower, found.obligations, found.unreached, found.catalogue]).toEqual([[], [], [], []])
  })

  test('names a call that comes out otherwise', () => {
    const payment = found.wider.find(({ role, tool }) => role === 'operator' && tool === 'create_payment')
    expect(payment?.witness).toMatchObject({ roles: ['operator'], head: 'is allowed' })
    expect(payment?.witness.base).toBe('needs 1 approver (approver)')
    expect(payment?.witness).toMatchObject({ call: { args: { amount: 1000.01 } } })
  })
})

test('one centavo more is seen', async () => {
  project.replace(RBAC, 'up_to: 1000.00, currency', 'up_to: 1000.01, currency')
  expect(sentences((await compared()).wider)).toContain(
    'operator may now settle up to R$ 1.000,01 without approval; was R$ 1.000,00 (create_payment on omie)',
  )
})

test('a limit that is lowered is narrower', async () => {
  project.replace(RBAC, 'up_to: 1000.00, currency', 'up_to: 400.00, currency')
  const found = await compared()
  expect(found.wider).toEqual([])
  expect(sentences(found.narrower)).toContain(
    'operator may settle up to R$ 400,00 without approval; was R$ 1.000,00 (create_payment on omie)',
  )
})

test('a permission that a role gains is wider, tool by tool', async () => {
  project.replace(RBAC, 'viewer: { permissions: [read] }', 'viewer: { permissions: [read, write] }')
  const tools = (await compared()).wider.filter(({ role }) => role === 'viewer').map(({ tool }) => tool)
  expect(tools).toContain('create_payment')
  expect(tools).toContain('create_vendor')
  expect(tools).not.toContain('get_vendors_list')
})

test('fewer approvers ask for less, more of them for more', async () => {
  project.replace(RBAC, 'approvers: 2, roles: [approver]', 'approvers: 1, roles: [approver]')
  const found = await compared()
  expect(found.wider).toContainEqual(
    expect.objectContaining({
      sentence:
        'operator may now settle up to R$ 200.000,00 with 1 approver; was R$ 50.000,00 (create_payment on omie)',
    }),
  )
})

test('another role that may approve is an obligation that asks for less', async () => {
  project.replace(RBAC, 'approvers: 2, roles: [approver]', 'approvers: 2, roles: [approver, admin]')
  const { obligations } = await compared()
  expect(obligations).toContainEqual(
    expect.objectContaining({
      loosens: true,
      role: 'operator',
      tool: 'create_payment',
      sentence: expect.stringContaining('now needs 2 approvers (admin or approver), needed 2 approvers (approver)'),
    }),
  )
})

test('a field that becomes clear is an obligation that asks for less, and one that is hidden is not', async () => {
  project.replace(SECURITY, 'document: [admin]', 'document: [admin, viewer]')
  project.replace(SECURITY, 'phone: [operator, admin]', 'phone: [admin]')
  const { obligations } = await compared()
  const of = (role: string, tool: string): unknown =>
    obligations
      .filter((each) => each.role === role && each.tool === tool)
      .map(({ loosens, sentence }) => [loosens, sentence])
  expect(of('viewer', 'get_vendor_by_id')).toEqual([
    [true, 'viewer now sees /bank/holder_document, /document of get_vendor_by_id on omie'],
  ])
  expect(of('operator', 'get_vendor_by_id')).toEqual([
    [false, 'operator no longer sees /phone of get_vendor_by_id on omie'],
  ])
})

test.each([
  ['a longer day', 'until: 18', 'until: 20', 'wider', 'create_payment'],
  ['a shorter day', 'until: 18', 'until: 17', 'narrower', 'create_payment'],
  ['more rows a day', 'rows_per_day: 5000', 'rows_per_day: 50000', 'wider', 'get_customers_list'],
  [
    'an earlier end of the closed books',
    '"12345678000195": 2026-09-30',
    '"12345678000195": 2026-08-31',
    'wider',
    'create_account_payable',
  ],
  [
    'effects that nobody may have',
    'forbidden_effects: [fiscal]',
    'forbidden_effects: [fiscal, settle]',
    'narrower',
    'create_payment',
  ],
] as const)('a guard is compared: %s', async (_, from, to, direction, tool) => {
  project.replace(SECURITY, from, to)
  const found = await compared()
  expect(found[direction].map((each) => each.tool)).toContain(tool)
  expect(found[direction === 'wider' ? 'narrower' : 'wider']).toEqual([])
})

describe('Rego that no test covers', () => {
  const append = (path: string, text: string): void => project.write(path, `${project.read(path)}\n${text}`)

  test('is found when it widens access for one caller up to an amount', async () => {
    append(
      'policies/shared/approval.rego',
      'amount_approved if {\n\tinput.caller.id == "agent-7"\n\tinput.facts.amount < 3000000\n}\n',
    )
    expect(sentences((await compared()).wider)).toContain(
      'operator calls create_payment on omie where the caller is agent-7 and the amount is R$ 29.999,99: now is allowed, before it needed 1 approver (approver)',
    )
  })

  test('is found when its conditions stand in rules of their own', async () => {
    append(
      'policies/shared/approval.rego',
      'amount_approved if {\n\ttrusted\n\tinput.facts.amount < 3000000\n}\n\ntrusted if input.facts.counterparty == "4711"\n',
    )
    const { wider } = await compared()
    expect(wider.map(({ role, tool }) => `${role} ${tool}`)).toContain('operator create_payment')
    expect(wider[0]?.sentence).toContain('the counterparty is 4711')
  })

  test('is said not to be reached when no context can meet what it asks', async () => {
    append('policies/shared/approval.rego', 'amount_approved if regex.match("^9{7}$", input.facts.idempotency_key)\n')
    const found = await compared()
    expect(found.wider).toEqual([])
    expect(sentences(found.unreached)).toEqual([
      'the rule shared.approval.amount_approved in policies/shared/approval.rego changed, and no context shows all that it may do: read it',
    ])
  })
})

describe('the description of the ERP', () => {
  test.each([
    [
      'a host',
      'erps/omie/erp.yaml',
      'app.omie.com.br',
      'api.omie.com.br',
      'the connection (hosts and addresses) of erp.yaml changed (/',
    ],
    [
      'a fact',
      'erps/omie/tools.yaml',
      'accrual_date: /resolved/payable/accrual_date',
      'accrual_date: /resolved/payable/issue_date',
      'where the facts come from of delete_account_payable changed (/accrual_date: /resolved/payable/issue_date, was /resolved/payable/accrual_date)',
    ],
  ] as const)('%s that changes is told in words, whatever the matrix says', async (_, file, from, to, sentence) => {
    const text = project.read(file)
    expect(text).toContain(from)
    project.write(file, text.replaceAll(from, to))
    const { catalogue } = await compared()
    expect(sentences(catalogue)).toContainEqual(expect.stringContaining(sentence))
  })
})

test('an ERP that is added is wider wherever somebody may do something', async () => {
  const other = await repositoryOf('omie')
  try {
    const git = simpleGit({ baseDir: other.root })
    await git.raw(['rm', '-r', '--quiet', '--cached', 'erps', 'policies'])
    await git.commit('Without an ERP')
    const found = await compareTrees({ root: other.root, ref: 'HEAD', opa: inject('compiler') })
    expect(found.wider.map(({ role, tool }) => `${role} ${tool}`)).toContain('viewer get_vendors_list')
    expect(found.narrower).toEqual([])
  } finally {
    other.remove()
  }
})

test('a ref that is not there is refused with what to do', async () => {
  await expect(compareTrees({ root: project.root, ref: 'origin/nowhere', opa: inject('compiler') })).rejects.toThrow(
    '`origin/nowhere` names no commit here: fetch it, or give one that `git log` shows',
  )
})

test('findings are told instead of a comparison of what is wrong', async () => {
  project.replace(RBAC, 'approvers: 2, roles: [approver]', 'approvers: 2, roles: [aprover]')
  await expect(compared()).rejects.toThrow(/^the working tree has findings, and what is wrong cannot be compared: /)
})
