import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as Client2025 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Stdio2025 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { connect2025, connect2026 } from '../../helpers/mcp/clients.ts'
import { needs } from '../../helpers/needs.ts'
import { type StdioServer, stdioServer } from './stdio.ts'
import { run } from './suite.ts'

const opa = needs('opa')
const BIN = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))

/** What both clients can do, whatever their era and transport. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  close(): Promise<void>
}

describe.skipIf(opa.missing !== null)('clients nobody here wrote, against the server of Omie', () => {
  let alcada: Alcada
  const stdios: StdioServer[] = []
  beforeAll(async () => {
    alcada = await startAlcada({ erp: 'omie' })
  })
  afterAll(async () => {
    await alcada.stop()
    for (const stdio of stdios) stdio.remove()
  })

  const clients: Record<string, (role: string) => Promise<AnyClient>> = {
    'the SDK of 2025 over HTTP': (role) => connect2025(alcada.mcp, alcada.token(role)),
    'the SDK of 2026 over HTTP': (role) => connect2026(alcada.mcp, alcada.token(role)),
    'the SDK of 2025 over stdio': async (role) => {
      const client = new Client2025({ name: 'test', version: '1' })
      await client.connect(new Stdio2025({ ...spawned(role), stderr: 'ignore' }))
      return client
    },
    // It starts a server to ask what that speaks, ends it, and starts another one to stay.
    'the SDK of 2026 over stdio': async (role) => {
      const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
      await client.connect(new StdioClientTransport({ ...spawned(role), stderr: 'ignore' }))
      expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28')
      return client
    },
    'the MCP inspector': async (role) => inspector(role),
  }

  test.each(Object.keys(clients))('%s sees the tools of its role, and no other', async (name) => {
    const viewer = await namesFor(name, 'viewer')
    const operator = await namesFor(name, 'operator')
    expect(viewer).toContain('get_vendors_list')
    expect(viewer.filter((tool) => !tool.startsWith('get_'))).toEqual([])
    expect(operator).toEqual(expect.arrayContaining([...viewer, 'create_payment', 'update_vendor']))
    expect(operator.filter((tool) => tool.startsWith('delete_'))).toEqual([])
    expect(await namesFor(name, 'approver')).toEqual([])
  })

  test('every client sees the same list in the same order, an admin the longest', async () => {
    const lists = await Promise.all(Object.keys(clients).map((name) => namesFor(name, 'admin')))
    expect(lists[0]).toContain('delete_payment')
    expect(lists[0]).toEqual([...(lists[0] ?? [])].sort())
    for (const list of lists) expect(list).toEqual(lists[0])
  })

  // Omie blocks a read that is repeated within a minute, and a server over stdio has a memory of its own: each client
  // asks for a page of another size.
  test.each(Object.keys(clients).map((name, index) => [name, 40 + index] as const))(
    '%s reads the ERP, with what its role may not see masked',
    async (name, page_size) => {
      const client = await connect(name, 'viewer')
      const told = JSON.stringify(await client.callTool({ name: 'get_vendors_list', arguments: { page_size } }))
      await client.close()
      expect(told).toContain('Moinho Trigo Dourado S.A.')
      expect(told).toMatch(/\*\*\.\d{3}\.\d{3}\/\*{4}-\*\*/)
      expect(told).not.toMatch(/\d{2}\.\d{3}\.\d{3}\/\d{4}-\d{2}/)
    },
  )

  test.each(Object.keys(clients))('%s hears the same of a tool it may not see as of one that is none', async (name) => {
    const client = await connect(name, 'viewer')
    const hidden = await failure(client, 'delete_payment')
    const absent = await failure(client, 'delete_everything')
    await client.close()
    // The inspector looks the name up in the list and does not even ask.
    expect(hidden).toMatch(/unknown tool `delete_payment`|Tool 'delete_payment' not found/)
    expect(absent).toBe(hidden.replaceAll('delete_payment', 'delete_everything'))
  })

  test('over stdio the token is looked at in every call: another caller takes effect at once, a wrong one ends nothing', async () => {
    const stdio = spawned('viewer')
    const client = new Client2025({ name: 'test', version: '1' })
    await client.connect(new Stdio2025({ ...stdio, stderr: 'ignore' }))
    const before = (await client.listTools()).tools.length
    stdio.becomes(alcada.token('operator'))
    expect((await client.listTools()).tools.length).toBeGreaterThan(before)
    stdio.becomes('not-a-token')
    await expect(client.listTools()).rejects.toThrow()
    stdio.becomes(alcada.token('viewer'))
    expect((await client.listTools()).tools.length).toBe(before)
    await client.close()
  })

  test('over stdio without a token file the server does not start', async () => {
    const { command, args, env } = spawned('viewer')
    const { ALCADA_TOKEN_FILE: _file, ...without } = env
    const { code, text } = await run(command, args, without)
    expect(code).toBe(2)
    expect(text).toContain('expected `ALCADA_TOKEN_FILE`')
  })

  test('over stdio too a client hears that the policy changed, and gets the new list', async () => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new StdioClientTransport({ ...spawned('viewer'), stderr: 'ignore' }))
    const { promise: changed, resolve } = Promise.withResolvers<void>()
    client.setNotificationHandler('notifications/tools/list_changed', () => resolve())
    const subscription = await client.listen({ toolsListChanged: true })
    alcada.project.replace('policies/omie/rbac.yaml', 'viewer: { permissions: [read] }', 'viewer: { permissions: [] }')
    await alcada.publish()
    await changed
    expect((await client.listTools()).tools).toEqual([])
    await subscription.close()
    await client.close()
  })

  function spawned(role: string): StdioServer {
    const stdio = stdioServer(alcada, alcada.token(role))
    stdios.push(stdio)
    return stdio
  }

  function connect(name: string, role: string): Promise<AnyClient> {
    const connected = clients[name]?.(role)
    if (connected === undefined) throw new Error(`no client is called ${name}`)
    return connected
  }

  async function namesFor(name: string, role: string): Promise<string[]> {
    const client = await connect(name, role)
    const { tools } = await client.listTools()
    await client.close()
    return tools.map((tool) => tool.name)
  }

  /** The inspector's command line: a process of its own for every question. */
  async function inspector(role: string): Promise<AnyClient> {
    const ask = async (...args: string[]) => {
      const PATH = `${BIN}:${process.env['PATH'] ?? ''}`
      const header = `Authorization: Bearer ${alcada.token(role)}`
      const all = [
        '--cli',
        `${alcada.mcp}`,
        '--transport',
        'http',
        '--header',
        header,
        '--format',
        'json',
        '-q',
        ...args,
      ]
      const { code, text } = await run(`${BIN}/mcp-inspector`, all, { PATH })
      if (code !== 0) throw new Error(text)
      return JSON.parse(text).result
    }
    return {
      listTools: () => ask('--method', 'tools/list'),
      callTool: ({ name, arguments: args }) =>
        ask('--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args)),
      close: async () => {},
    }
  }
})

async function failure(client: AnyClient, name: string): Promise<string> {
  const told = await client.callTool({ name, arguments: {} }).then(
    (result) => new Error(`expected a failure, got ${JSON.stringify(result)}`),
    (error: unknown) => error,
  )
  return String(told)
}
