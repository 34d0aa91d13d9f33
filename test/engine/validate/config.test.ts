import { expect, test } from 'vitest'
import { isConfig } from '../../../engine/contract/config-guard.ts'
import { loadTree } from '../../../engine/load/load.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Edit, withTree } from '../../helpers/overlay.ts'

async function loja(edits: Edit[] = []): Promise<CheckedErp> {
  const checked = await withTree(edits, async (root) => validateTree((await loadTree(root)).tree).erps['loja'])
  if (checked === undefined) throw new Error('the tree has errors')
  return checked
}

test('Rego reads centavos, seconds and permissions with the patterns applied', async () => {
  const { config } = await loja()
  expect(config.rbac).toEqual({
    roles: {
      admin: ['read', 'write', 'delete', 'admin'],
      approver: [],
      operator: ['read', 'write'],
      readonly: ['read'],
    },
    callers: {
      'agent-payables': {
        person: 'u17',
        companies: ['12345678000195'],
        roles: ['operator'],
        valid_until: '2027-03-31',
      },
    },
    tools: {
      create_payment: 'write',
      delete_vendor: 'admin',
      get_account_payable_by_id: 'read',
      get_vendors_list: 'read',
    },
    alcada: {
      settle: [
        { up_to: 100000, currency: 'BRL', approvers: 0, roles: [], when: null },
        { up_to: 5000050, currency: 'BRL', approvers: 1, roles: ['approver'], when: null },
      ],
    },
    duties: null,
    totals: null,
    counterparty_classes: {},
    substitutes: {},
    revoked: { callers: [], persons: [], roles: [], tools: [], companies: [] },
  })
  expect(config.security).toEqual({
    rbac_enabled: true,
    default_role: 'readonly',
    admin_approval: true,
    token_rotation_s: 86400,
    max_failures: 3,
    lockout_duration_s: 900,
    log_all_requests: true,
    log_sensitive_data: false,
    retention_days: 90,
    trail_retention_days: 1826,
    forbidden_effects: ['fiscal'],
    clear_for: { name: ['operator', 'admin'] },
    ended_overlays: [],
    guards: {
      bank_freeze: null,
      deletes: null,
      period_lock: null,
      export: null,
      duplicates: null,
      hours: null,
    },
  })
  expect(config.alerts.response_time).toEqual({ threshold_s: 2, severity: 'warning', for_s: 60 })
  expect(config.alerts.rate_limit).toEqual({ threshold_per_minute: 10, severity: 'warning', for_s: 60 })
  expect(config.tools['create_payment']).toEqual({
    entity: 'payment',
    effect: 'settle',
    money: true,
    reversible: true,
    facts: ['amount', 'counterparty', 'due_date', 'idempotency_key', 'open_amount'],
  })
})

test('of several patterns that match, the strictest counts, in whatever order they stand', async () => {
  const pattern = '    "delete_*": { permission: admin }\n'
  const { config } = await loja([
    {
      file: 'policies/loja/rbac.yaml',
      replace: pattern,
      with: `${pattern}    delete_vendor: { permission: delete }\n`,
    },
  ])
  expect(config.rbac.tools['delete_vendor']).toBe('admin')
})

test('the catalogue spells out what a server needs: schemas, masks below the list, the page the ERP can give', async () => {
  const { catalogue } = await loja()
  const list = catalogue.tools['get_vendors_list']
  expect(list?.sensitiveFields).toEqual([
    { pointer: '/*/name', kind: 'name' },
    { pointer: '/*/email', kind: 'email' },
  ])
  expect(list?.input).toMatchObject({
    additionalProperties: false,
    required: [],
    properties: { page_size: { minimum: 1, maximum: 100, default: 50 }, name_contains: { type: 'string' } },
  })
  expect(Object.keys(list?.input['properties'] ?? {})).toEqual(['page', 'page_size', 'name_contains'])
  expect(catalogue.tools['create_payment']).toMatchObject({
    permission: 'write',
    money: true,
    answerKind: 'one',
    entity: 'payment',
  })
  expect(catalogue.tools['delete_vendor']).toMatchObject({ permission: 'delete', money: false })
})

test('an upstream MCP tool keeps its name, schema and marks', async () => {
  const eco = await withTree([], async (root) => validateTree((await loadTree(root)).tree).erps['eco'])
  expect(eco?.catalogue.tools['echoText']).toMatchObject({
    name: 'echoText',
    entity: 'echoText',
    description: 'Says it again',
    answerKind: 'raw',
    permission: 'read',
    money: false,
    sensitiveFields: [{ pointer: '/text', kind: 'name' }],
    input: { required: ['text'] },
  })
})

test('the decision table has everything spelled out that a row leaves out', async () => {
  const { decisions } = await loja()
  expect(decisions.rows.map((row) => row.then)).toEqual([
    { effect: 'allow' },
    { effect: 'allow' },
    { effect: 'allow' },
    { effect: 'require_approval', count: 1, roles: ['approver'] },
    { effect: 'deny', codes: ['permission_missing'] },
    { effect: 'deny', codes: ['input_invalid'] },
  ])
  expect(decisions.rows[2]).toMatchObject({
    name: 'an operator pays up to the limit',
    as: ['operator'],
    does: 'create_payment',
    with: { '/args/amount': 1000 },
    given: {},
    masks: null,
    place: { line: 11, column: 5 },
  })
  expect(decisions.examples['delete_vendor']).toEqual({ args: { id: '7', reason: 'no longer used' }, resolved: {} })
  expect(decisions.indifferent).toEqual({ delete_vendor: { '/args/reason': 'free text that no rule reads' } })
})

test('the same sources make the same words, byte for byte', async () => {
  const [first, second] = [await loja(), await loja()]
  expect(JSON.stringify([first.catalogue, first.config, first.rego])).toBe(
    JSON.stringify([second.catalogue, second.config, second.rego]),
  )
})

const ANCHOR = '  forbidden_effects: [fiscal]'

test('an issuer is taken with what it leaves out filled in, and without the group there is none', async () => {
  const identity = `  identity:
    issuers:
      - { issuer: "https://id.example", discovery: "https://id.example/.well-known/openid-configuration" }
      - issuer: "https://login.example"
        jwks: "https://login.example/keys"
        audience: "api://alcada"
        algorithms: [RS256]
        scopes: [erp]
        claims: { person: registered, agent: /azp, roles: /realm_access/roles }
        role_names: { "finance-operators": operator }
`
  const file = 'policies/loja/security.yaml'
  const { config } = await loja([{ file, replace: ANCHOR, with: `${identity}${ANCHOR}` }])
  expect(config.security.identity).toEqual({
    embedded: true,
    issuers: [
      {
        issuer: 'https://id.example',
        keys: { discovery: 'https://id.example/.well-known/openid-configuration' },
        audience: null,
        algorithms: ['EdDSA', 'ES256', 'PS256', 'RS256'],
        scopes: [],
        claims: { person: '/sub', agent: '/act/sub', roles: '/roles', companies: '/companies' },
        role_names: null,
      },
      {
        issuer: 'https://login.example',
        keys: { jwks: 'https://login.example/keys' },
        audience: 'api://alcada',
        algorithms: ['RS256'],
        scopes: ['erp'],
        claims: { person: 'registered', agent: '/azp', roles: '/realm_access/roles', companies: '/companies' },
        role_names: { 'finance-operators': 'operator' },
      },
    ],
  })
  expect(isConfig(config)).toBe(true)
})

test('a caller’s public key stands in rbac.yaml and is no secret; its private half is a finding', async () => {
  const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
  const to = (key: string): Edit => ({
    file: 'policies/loja/rbac.yaml',
    replace: 'valid_until: 2027-03-31 }',
    with: `valid_until: 2027-03-31, keys: [${key}] }`,
  })
  const { config } = await loja([to(`{ kty: OKP, crv: Ed25519, x: "${x}" }`)])
  expect(config.rbac.callers['agent-payables']?.keys).toEqual([{ kty: 'OKP', crv: 'Ed25519', x }])
  expect(isConfig(config)).toBe(true)
  const found = await withTree([to(`{ kty: OKP, crv: Ed25519, x: "${x}", d: "${x}" }`)], async (root) => {
    return validateTree((await loadTree(root)).tree).findings.map(({ code }) => code)
  })
  expect(found).toEqual(['KEY_UNKNOWN', 'SECRET_LITERAL'])
})
