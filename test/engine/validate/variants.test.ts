import { describe, expect, test } from 'vitest'
import { sortFindings } from '../../../engine/contract/finding.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Edit, withTree } from '../../helpers/overlay.ts'

const ERP = 'erps/loja/erp.yaml'
const TOOLS = 'erps/loja/tools.yaml'
const RBAC = 'policies/loja/rbac.yaml'
const ALERTS = 'policies/loja/alerts.yaml'
const SECURITY = 'policies/loja/security.yaml'
const DECISIONS = 'policies/loja/decisions.yaml'

/** The findings of the good tree with these texts put in place of others: code, line, and what is suggested. */
async function findings(...changes: [file: string, replace: string, put: string][]): Promise<string[]> {
  const edits = changes.map(([file, replace, put]): Edit => ({ file, replace, with: put }))
  return withTree(edits, async (root) => {
    const { tree, findings: loaded } = await loadTree(root)
    const all = sortFindings([...loaded, ...validateTree(tree).findings])
    return all.map(({ code, message, help }) => `${code}: ${message}; ${help}`)
  })
}

describe('a tool of kind api has a universal name', () => {
  const rename = (name: string): Promise<string[]> => findings([TOOLS, '  get_vendors_list:', `  ${name}:`])

  test.each([
    ['GetVendorsList', 'expected snake_case; did you mean `get_vendors_list`?'],
    ['get-vendors-list', 'expected snake_case; did you mean `get_vendors_list`?'],
    ['get_vendors', 'the plural stands only before `_list`; did you mean `get_vendors_list`?'],
    ['get_vendor_list', 'of the closed vocabulary; did you mean `get_vendors_list`?'],
    [
      'search_vendor',
      'the vocabulary does not say what it does; known for this entity: `get_vendors_list`, `get_vendor_by_id`, ',
    ],
    ['list_vendors', 'the plural stands only before `_list`'],
  ])('%s is none', async (name, words) => {
    const found = await rename(name)
    expect(found.find((finding) => finding.startsWith('TOOL_NAME'))).toContain(words)
  })
})

describe('addresses', () => {
  test('http is fine on loopback only', async () => {
    const host: [string, string, string] = [
      ERP,
      'allowedHosts: [api.loja.example]',
      'allowedHosts: ["127.0.0.1", "10.0.0.1"]',
    ]
    expect(await findings([ERP, 'https://api.loja.example/v1', 'http://127.0.0.1:9/v1'], host)).toEqual([])
    expect(await findings([ERP, 'https://api.loja.example/v1', 'http://10.0.0.1/v1'], host)).toEqual([
      'BASE_URL: expected https for `10.0.0.1`, got http; write https: credentials go over this line',
    ])
  })

  test('an address with a password in it is refused, and not repeated', async () => {
    const found = await findings([ERP, 'https://api.loja.example/v1', 'https://me:hush@api.loja.example/v1'])
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^BASE_URL: expected an address without user or password/)
    expect(found[0]).not.toContain('hush')
  })
})

describe('money in YAML', () => {
  test.each([
    ['1000.005', 'expected reais as a number with at most two decimals'],
    ['"1000.00"', 'got string `1000.00`'],
    ['R$ 1000', 'got string `R$ 1000`'],
    // One in YAML, a thousand in Brazil.
    ['1.000', 'expected at most two decimals, got `1.000`'],
  ])('%s is refused', async (written, words) => {
    const found = await findings([RBAC, 'up_to: 1000.00', `up_to: ${written}`])
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^MONEY_MALFORMED: /)
    expect(found[0]).toContain(words)
  })

  test('zero and less are refused', async () => {
    expect((await findings([RBAC, 'up_to: 1000.00', 'up_to: 0']))[0]).toMatch(
      /^VALUE_OUT_OF_RANGE: expected more than 0/,
    )
  })
})

describe('no secret stands in a file', () => {
  test.each([
    'https://example.com/hook',
    'secret:',
    'secret:slack',
    'https://hooks.slack.com/services/T0/B0/x',
    'http://hooks.slack.com/...',
  ])('webhook %s', async (webhook) => {
    const found = await findings([ALERTS, '"secret:SLACK"', `"${webhook}"`])
    expect(found.map((finding) => finding.split(':')[0])).toEqual(['SECRET_LITERAL'])
  })

  // Put together here, so that no scanner takes this file for a leak.
  test.each([
    ['ghp', '_', 'a1B2c3D4e5F6g7H8i9J0k1L2'].join(''),
    ['AKIA', 'IOSFODNN7EXAMPLE'].join(''),
    ['xox', 'b-1234567890-abcdef'].join(''),
    ['-----BEGIN ', 'PRIVATE KEY-----'].join(''),
    '0123456789abcdef'.repeat(2),
    'Bearer abcdefgh12345678',
  ])('%s anywhere', async (text) => {
    const found = await findings([DECISIONS, '"no longer used"', `"${text}"`])
    expect(found.map((finding) => finding.split(':')[0])).toContain('SECRET_LITERAL')
    expect(found.filter((finding) => finding.startsWith('SECRET')).join()).not.toContain(text)
  })
})

describe('what a tool refers to', () => {
  test('a part of an object argument that goes nowhere is silently dropped', async () => {
    const found = await findings([
      TOOLS,
      '  delete_vendor:',
      `  update_vendor:
    effect: update
    reversible: true
    native: { call: Change, path: /vendors }
    args:
      - { from: /id, to: /id }
      - { from: /bank/pix_key, to: /pix }
    without: [name, document, trade_name, email, phone, city, state, bank/branch]
    answer: { record: done }
  delete_vendor:`,
    ])
    expect(
      found.filter((finding) => finding.startsWith('ARGUMENT_DROPPED')).map((finding) => finding.split('`')[1]),
    ).toEqual(['/bank/bank_code', '/bank/account', '/bank/holder_name', '/bank/holder_document'])
  })

  test('a part that an argument does not have cannot be left out', async () => {
    expect(await findings([TOOLS, '[inactive_filter]', '[inactive_filter, name_contains/first]'])).toEqual([
      'WITHOUT_UNKNOWN: `first` is no part of argument `name_contains`; there is no part to choose',
    ])
  })

  test('seconds to wait are read from a group', async () => {
    expect((await findings([ERP, 'regex: "wait (\\\\d+)"', 'regex: "wait \\\\d+"']))[0]).toMatch(
      /^REGEX_MALFORMED: expected a group in `wait \\d\+`, got none/,
    )
  })

  test('a record read once per element is a list', async () => {
    const found = await findings(
      [TOOLS, 'args: { id: /args/payable_id }, expect', 'each: /args/payable_id, args: { id: /each }, expect'],
      [TOOLS, 'counterparty: /resolved/payable/vendor_id', 'counterparty: /resolved/payable/*/vendor_id'],
    )
    expect(found.map((finding) => finding.split(';')[0])).toEqual([
      'POINTER_UNKNOWN: `/resolved/payable` is a list, got `vendor_id` as its element',
      'POINTER_UNKNOWN: `/resolved/payable` is a list, got `open_amount` as its element',
      'POINTER_UNKNOWN: `/resolved/payable` is a list, got `due_date` as its element',
      'POINTER_UNKNOWN: `/resolved/payable` is a list, got `open_amount` as its element',
    ])
  })

  test('a list is paged', async () => {
    expect((await findings([TOOLS, '    paging: pages\n', '']))[0]).toMatch(
      /^PAGING_UNKNOWN: a list is answered page by page/,
    )
  })

  test('an answer of several records says where they stand', async () => {
    expect(await findings([TOOLS, 'items: /vendors, ', ''])).toEqual([
      'KEY_MISSING: this tool answers several records: key `items` is missing here; add `items:`, a pointer to the list (`""` for the root)',
    ])
  })

  test('a credential in a body, a login or a session token is one that is declared', async () => {
    const found = await findings(
      [ERP, 'company: { $credential: company_id }', 'company: { $credential: company }'],
      [ERP, 'body: { user: { $credential: user }', 'body: { user: { $credential: usr }'],
      [ERP, 'join: [{ credential: user }', 'join: [{ credential: usuario }'],
    )
    expect(found.map((finding) => finding.split('`')[1])).toEqual(['usr', 'usuario', 'company'])
  })

  test('the arguments have no place in a login', async () => {
    const found = await findings([ERP, 'body: { user: { $credential: user }', 'body: { user: { $args: true }'])
    expect(found[0]).toMatch(/^MARKER_UNKNOWN: marker `\$args` cannot stand here/)
  })
})

describe('what people are told', () => {
  test('a misspelt key that is required is one finding, not two', async () => {
    expect(await findings([SECURITY, 'max_failures: 3', 'max_failure: 3'])).toEqual([
      'KEY_UNKNOWN: key `max_failure` is not known here; did you mean `max_failures`?',
    ])
  })

  test('a shortened role is recognised', async () => {
    expect(await findings([RBAC, 'roles: [operator]', 'roles: [oper]'])).toEqual([
      'ROLE_UNKNOWN: role `oper` is not defined in rbac.yaml; did you mean `operator`?',
    ])
  })

  test('an unknown kind of notification lists those there are', async () => {
    expect((await findings([ALERTS, 'type: email', 'type: mail']))[0]).toBe(
      'VALUE_UNKNOWN: expected one of `email`, `slack`, got string `mail`; did you mean `email`?',
    )
  })

  test('a mistake in one ERP leaves the other whole', async () => {
    const edits: Edit[] = [{ file: RBAC, replace: 'up_to: 1000.00', with: 'up_to: 0' }]
    const erps = await withTree(edits, async (root) => Object.keys(validateTree((await loadTree(root)).tree).erps))
    expect(erps).toEqual(['eco'])
  })

  test('patterns stand under indifferent, but only for tools that are there', async () => {
    const change = (put: string): Promise<string[]> =>
      findings([DECISIONS, '  delete_vendor: { /args/reason', `  ${put}: { /args/reason`])
    expect(await change('"delete_*"')).toEqual([])
    expect((await change('"drop_*"'))[0]).toMatch(/^TOOL_UNKNOWN: /)
  })
})
