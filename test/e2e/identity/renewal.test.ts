import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, PrivateKeyJwtProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { startUp, type Up } from '../../helpers/alcada/up.ts'
import { needs } from '../../helpers/needs.ts'

const PROGRAM = fileURLToPath(new URL('../../../engine/alcada.mjs', import.meta.url))

describe.skipIf(needs('opa').missing !== null)('an agent that rbac.yaml registers with a key', () => {
  let project: TestProject
  let up: Up
  let mcp: URL
  let issuer: string
  let privateKey: Record<string, unknown>
  beforeAll(async () => {
    project = copyProject('nibo')
    const out = join(project.root, 'agent.jwk')
    const line = execFileSync(process.execPath, [PROGRAM, 'token', 'key', '--out', out], { encoding: 'utf8' }).trim()
    expect(statSync(out).mode & 0o777).toBe(0o600)
    privateKey = JSON.parse(readFileSync(out, 'utf8'))
    project.replace(
      'policies/nibo/rbac.yaml',
      '  tools:',
      `  callers:
    agent-payables:
      person: u17
      companies: ["12345678000195"]
      roles: [operator]
      ${line}
  tools:`,
    )
    project.replace('policies/nibo/security.yaml', 'token_rotation: "24h"', 'token_rotation: "4s"')
    up = await startUp(project.root, ['nibo'])
    mcp = new URL(up.erps['nibo']?.mcp ?? '')
  })
  afterAll(async () => {
    await up?.stop()
    project?.remove()
  })

  test('is led from the server to the issuer by what each says of the other', async () => {
    const metadata: { authorization_servers: string[] } = JSON.parse(
      await (await fetch(new URL('/.well-known/oauth-protected-resource/mcp', mcp))).text(),
    )
    expect(metadata).toMatchObject({ resource: mcp.href, bearer_methods_supported: ['header'] })
    issuer = metadata.authorization_servers[0] ?? ''
    expect(issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/nibo$/)
    const described = await (await fetch(new URL('/.well-known/oauth-authorization-server/nibo', issuer))).json()
    expect(described).toMatchObject({ issuer, token_endpoint: `${issuer}/token` })
  })

  test('gets its tokens by itself, and new ones when the rotation has passed, without a person', async () => {
    const authProvider = new PrivateKeyJwtProvider({
      clientId: 'agent-payables',
      privateKey,
      algorithm: 'EdDSA',
      expectedIssuer: issuer,
    })
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
    await client.connect(new StreamableHTTPClientTransport(mcp, { authProvider }))
    const vendors = async (): Promise<unknown> =>
      (await client.callTool({ name: 'get_vendors_list', arguments: {} })).isError ?? false
    expect(await vendors()).toBe(false)
    const first = authProvider.tokens()?.access_token
    await sleep(5_000)
    expect(await vendors()).toBe(false)
    expect(authProvider.tokens()?.access_token).not.toBe(first)
    const old = await fetch(mcp, { method: 'POST', headers: { authorization: `Bearer ${first}` } })
    expect([old.status, old.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('the token is older than 4 seconds: get a new one'),
    ])
    await client.close()
  })

  test('gets them from `alcada token serve` too, which with a development key stays on this machine', async () => {
    const serve = (...args: string[]): ReturnType<typeof spawn> =>
      spawn(process.execPath, [PROGRAM, '--root', project.root, 'token', 'serve', '--port', '0', ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    const child = serve()
    const ended = once(child, 'exit')
    let said = ''
    for await (const part of child.stderr ?? []) {
      said += String(part)
      if (said.includes('\n')) break
    }
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? ''
    const described = await fetch(`${origin}/.well-known/oauth-authorization-server/nibo`)
    expect([described.status, (await fetch(`${origin}/omie/token`)).status]).toEqual([200, 404])
    child.kill('SIGTERM')
    expect((await ended)[0]).toBe(0)
    expect((await once(serve('--host', '0.0.0.0'), 'exit'))[0]).toBe(2)
    expect((await once(serve('--url', 'http://erp.example'), 'exit'))[0]).toBe(2)
  })

  test('gets none once its key is taken out of rbac.yaml, without anything being started again', async () => {
    const from = up.said().length
    project.write('policies/nibo/rbac.yaml', project.read('policies/nibo/rbac.yaml').replace(/\n {6}keys: .*/, ''))
    await up.says(/revision 2 is enforced/, from)
    const provider = new PrivateKeyJwtProvider({
      clientId: 'agent-payables',
      privateKey,
      algorithm: 'EdDSA',
      expectedIssuer: issuer,
    })
    const client = new Client({ name: 'test', version: '1' })
    const transport = new StreamableHTTPClientTransport(mcp, { authProvider: provider })
    await expect(client.connect(transport)).rejects.toThrow()
    expect(provider.tokens()).toBeUndefined()
  })
})
