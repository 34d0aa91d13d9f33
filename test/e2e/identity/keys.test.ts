import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectCaller } from '../../helpers/alcada/caller.ts'
import { type Alcada, startAlcada, type TokenOptions } from '../../helpers/alcada/start.ts'

const SECURITY = 'policies/nibo/security.yaml'
const RBAC = 'policies/nibo/rbac.yaml'

let alcada: Alcada
beforeAll(async () => {
  alcada = await startAlcada({ erp: 'nibo' })
})
afterAll(() => alcada?.stop())

/** Status of a list of tools with this token. */
async function enters(token: string): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const answer = await fetch(alcada.mcp, { method: 'POST', headers, body })
  await answer.text()
  // What the protocol says of a request without its headers is another matter.
  return [401, 403, 429, 503].includes(answer.status) ? answer.status : 200
}

async function sees(roles: string | readonly string[], tool: string): Promise<boolean> {
  const caller = await connectCaller(alcada.mcp, alcada.token(roles))
  const { tools } = await caller.client.listTools()
  await caller.close()
  return tools.some(({ name }) => name === tool)
}

/** `done`, or the code of the refusal. */
async function calls(
  role: string,
  tool: string,
  args: Record<string, unknown>,
  options?: TokenOptions,
): Promise<string> {
  const caller = await connectCaller(alcada.mcp, alcada.token(role, options))
  const told = await caller.call(tool, args)
  await caller.close()
  if (told.kind === 'refusal') return `${told.error.code} ${told.alcada.approval?.roles.join() ?? ''}`.trim()
  return told.kind === 'result' ? 'done' : told.kind
}

const lists = (): Promise<string> => calls('operator', 'get_vendors_list', {}, { sub: 'agent-keys' })
const twoHoursOld = (): string => alcada.token('viewer', { ttlS: 20_000, now: () => Date.now() - 7_200_000 })

async function afterOneForgery(sub: string): Promise<number> {
  const [head, claims] = alcada.token('viewer', { sub }).split('.')
  expect(await enters(`${head}.${claims}.${'A'.repeat(86)}`)).toBe(401)
  return enters(alcada.token('viewer', { sub }))
}

function callers(changes: string): readonly [string, string] {
  const agent = `{ person: u17, companies: ["12345678000195"], roles: [operator], ${changes} }`
  const last = new Map(
    [...agent.slice(2, -2).matchAll(/(\w+): (\[[^\]]*\]|[^,]+)/g)].map(([, key, value]) => [key, value]),
  )
  const text = [...last].map(([key, value]) => `${key}: ${value}`).join(', ')
  return ['  tools:', `  callers:\n    agent-keys: { ${text} }\n  tools:`]
}

interface Flip {
  key: string
  file: string
  edit: readonly [from: string, to: string]
  look: () => Promise<unknown>
  before: unknown
  after: unknown
}

const FLIPS: readonly Flip[] = [
  {
    key: 'token_rotation',
    file: SECURITY,
    edit: ['token_rotation: "24h"', 'token_rotation: "1h"'],
    look: () => enters(twoHoursOld()),
    before: 200,
    after: 401,
  },
  {
    key: 'max_failures',
    file: SECURITY,
    edit: ['max_failures: 3', 'max_failures: 1'],
    look: () => afterOneForgery(`agent-${Math.random().toString(36).slice(2)}`),
    before: 200,
    after: 429,
  },
  {
    key: 'rbac_enabled',
    file: SECURITY,
    edit: ['rbac_enabled: true', 'rbac_enabled: false'],
    look: () => sees('admin', 'create_payment'),
    before: true,
    after: false,
  },
  {
    key: 'default_role',
    file: SECURITY,
    edit: ['default_role: "readonly"', 'default_role: "auditor"'],
    look: () => sees([], 'get_vendors_list'),
    before: true,
    after: false,
  },
  {
    key: 'admin_approval',
    file: SECURITY,
    edit: ['admin_approval: true', 'admin_approval: false'],
    look: () => calls('admin', 'delete_vendor', { id: '00000000-0000-4000-8000-00000000dead', reason: 'twice' }),
    before: 'approval_required admin',
    after: 'erp_not_found',
  },
  {
    key: 'identity.embedded',
    file: SECURITY,
    edit: [
      '  forbidden_effects: ',
      '  identity: { embedded: false, issuers: [{ issuer: "https://id.example", jwks: "https://id.example/keys" }] }\n  forbidden_effects: ',
    ],
    look: () => enters(alcada.token('admin')),
    before: 200,
    after: 401,
  },
  {
    key: 'callers.person',
    file: RBAC,
    edit: callers('person: u99'),
    look: lists,
    before: 'done',
    after: 'caller_person_differs',
  },
  {
    key: 'callers.companies',
    file: RBAC,
    edit: callers('companies: ["12ABC34501DE35"]'),
    look: lists,
    before: 'done',
    after: 'caller_company_not_registered',
  },
  {
    key: 'callers.roles',
    file: RBAC,
    edit: callers('roles: [viewer]'),
    look: lists,
    before: 'done',
    after: 'caller_role_not_registered',
  },
  {
    key: 'callers.valid_until',
    file: RBAC,
    edit: callers('valid_until: 2026-01-31'),
    look: lists,
    before: 'done',
    after: 'caller_registration_ended',
  },
  {
    key: 'callers within their bounds',
    file: RBAC,
    edit: callers('valid_until: 2099-12-31'),
    look: lists,
    before: 'done',
    after: 'done',
  },
]

describe('each key of the YAML changes what the server does', () => {
  test('before anything is changed', async () => {
    for (const { key, look, before } of FLIPS) expect([key, await look()]).toEqual([key, before])
  })

  test.each(FLIPS)('$key', async ({ file, edit: [from, to], look, after }) => {
    const written = alcada.project.read(file)
    alcada.project.replace(file, from, to)
    try {
      await alcada.publish()
      expect(await look()).toEqual(after)
    } finally {
      alcada.project.write(file, written)
    }
  })
})

test('each decision stands in the ledger with the permission, and with the roles that grant it', async () => {
  await alcada.publish()
  await calls('operator', 'get_vendors_list', {})
  const opened = alcada.ledger().flatMap(({ event }) => (event.kind === 'opened' && event.decision ? [event] : []))
  expect(opened.at(-1)).toMatchObject({
    input: { caller: { id: 'agent-1', person: 'u17', roles: ['operator'] } },
    decision: { permission: 'read', granted: true, granted_by: ['operator'] },
  })
})
