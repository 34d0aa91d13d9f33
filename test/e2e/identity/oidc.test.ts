import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectCaller } from '../../helpers/alcada/caller.ts'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { type IdentityProvider, startProvider } from '../../helpers/identity/provider.ts'

let provider: IdentityProvider
let project: TestProject
let alcada: Alcada
beforeAll(async () => {
  provider = await startProvider({ groups: ['erp-operators'], companies: ['12345678000195'] })
  project = copyProject('nibo')
  project.replace(
    'policies/nibo/security.yaml',
    '  forbidden_effects: ',
    `  identity:
    embedded: false
    issuers:
      - issuer: "${provider.issuer}"
        discovery: "${provider.discovery}"
        algorithms: [ES256]
        scopes: [erp]
        claims: { person: registered, agent: /client_id, roles: /groups }
        role_names: { "erp-operators": operator }
  forbidden_effects: `,
  )
  project.replace(
    'policies/nibo/rbac.yaml',
    '  tools:',
    `  callers:
    agent-oidc: { person: u17, companies: ["12345678000195"], roles: [operator] }
  tools:`,
  )
  alcada = await startAlcada({ erp: 'nibo', from: project.root })
})
afterAll(async () => {
  await alcada?.stop()
  project?.remove()
  await provider?.stop()
})

async function asked(authorization?: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  return fetch(alcada.mcp, { method: 'POST', headers, body })
}

const where = (): string => `resource_metadata="${alcada.mcp.origin}/.well-known/oauth-protected-resource/mcp"`

test('a client without a token is led to the provider that can give one', async () => {
  const refused = await asked()
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, `Bearer ${where()}`])
  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
    expect(await (await fetch(new URL(path, alcada.mcp))).json()).toEqual({
      resource: alcada.mcp.href,
      authorization_servers: [provider.issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: ['erp'],
      resource_name: 'alcada',
    })
  }
})

test('an agent of the provider calls for the person and the company that rbac.yaml names', async () => {
  const caller = await connectCaller(alcada.mcp, await provider.token({ resource: 'alcada:nibo' }))
  expect(await caller.call('get_vendors_list', {})).toMatchObject({ kind: 'result' })
  const opened = alcada.ledger().flatMap(({ event }) => (event.kind === 'opened' ? [event.input?.caller] : []))
  expect(opened.at(-1)).toMatchObject({
    id: 'agent-oidc',
    person: 'u17',
    kind: 'agent',
    roles: ['operator'],
    company: '12345678000195',
  })
  await caller.close()
})

test('a token without the scope is told which, about the server as a whole', async () => {
  const refused = await asked(`Bearer ${await provider.token({ resource: 'alcada:nibo', scope: 'other' })}`)
  expect(refused.status).toBe(403)
  expect(refused.headers.get('www-authenticate')).toBe(`Bearer error="insufficient_scope", scope="erp", ${where()}`)
})

test('an opaque token, one for another ERP and one of the embedded issuer are refused as invalid', async () => {
  const opaque = await provider.token({ resource: null })
  const other = await provider.token({ resource: 'alcada:omie' })
  for (const token of [opaque, other, alcada.token('admin')]) {
    const refused = await asked(`Bearer ${token}`)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", error_description="/)
  }
})

test('a provider that was never reached means no answer, not entrance', async () => {
  const token = await provider.token({ resource: 'alcada:nibo' })
  await provider.stop()
  await alcada.restart()
  const refused = await asked(`Bearer ${token}`)
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([503, null])
  await provider.start()
})
