import { createServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, Server } from '@modelcontextprotocol/server'
import { afterEach, describe, expect, test } from 'vitest'
import type { CatalogueTool } from '../../../engine/contract/catalogue.ts'
import { pinOf } from '../../../engine/contract/upstream-tool.ts'
import {
  AURORA,
  BRISA,
  call,
  catalogue,
  client,
  closing,
  type ErpChange,
  erp,
  erpServer,
  tool,
} from './erp-on-loopback.ts'

const open = closing()
afterEach(open.all)

function named(name: string, change: Partial<CatalogueTool> = {}): CatalogueTool {
  const { answer: _, ...rest } = tool({
    name,
    pin: pinOf(listed(`up_${name}`)) ?? '',
    args: [],
    native: { path: '', call: `up_${name}` },
    answerKind: 'raw',
    ...change,
  })
  return rest
}

function listed(name: string): { name: string; inputSchema: { type: 'object' } } {
  return { name, inputSchema: { type: 'object' } }
}

const ECHO = named('echo')
const REFUSE = named('refuse', { effect: 'create', permission: 'write' })
const CRASH = named('crash', { effect: 'create', permission: 'write' })
const SLOW = named('slow', { effect: 'create', permission: 'write' })
const LARGE = named('large')

/** A real MCP server over Streamable HTTP; it tells which tokens came. */
async function upstream(): Promise<{
  url: string
  tokens: Set<string | undefined>
  ran: string[]
  /** Which trace each call was said to belong to. */
  traces: unknown[]
  /** Descriptions that it gives its tools from now on. */
  says: Map<string, string>
  close(): Promise<void>
}> {
  const tokens = new Set<string | undefined>()
  const ran: string[] = []
  const traces: unknown[] = []
  const says = new Map<string, string>()
  const handler = createMcpHandler(() => {
    const server = new Server({ name: 'upstream', version: '1' }, { capabilities: { tools: {} } })
    server.setRequestHandler('tools/list', async () => ({
      tools: ['echo', 'refuse', 'crash', 'slow', 'large'].map((name) => {
        const description = says.get(name)
        return { ...listed(`up_${name}`), ...(description !== undefined && { description }) }
      }),
    }))
    server.setRequestHandler('tools/call', async ({ params }) => {
      ran.push(params.name)
      traces.push(params._meta?.['traceparent'])
      if (params.name === 'up_refuse') {
        return { content: [{ type: 'text', text: `no such account, key k-aurora ${'x'.repeat(500)}` }], isError: true }
      }
      if (params.name === 'up_crash') throw new Error('k-aurora at /srv/secret.ts')
      if (params.name === 'up_slow') await new Promise((resolve) => setTimeout(resolve, 1_000))
      const text = params.name === 'up_large' ? 'x'.repeat(200_000) : 'hello'
      return { content: [{ type: 'text', text }], structuredContent: { name: params.name, args: params.arguments } }
    })
    return server
  })
  const node = toNodeHandler(handler)
  const server = createServer((request, response) => {
    const token = request.headers['x-token']
    tokens.add(typeof token === 'string' ? token : undefined)
    Reflect.apply(node, undefined, [request, response])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    tokens,
    ran,
    traces,
    says,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function mcpClient(url: string, change: ErpChange = {}, options: { now?: () => number } = {}) {
  const auth = [{ in: 'header' as const, name: 'X-Token', credential: 'key' }]
  const of = erp(url, { kind: 'mcp', ...change, connection: { auth, ...change.connection } })
  return open.add(client(catalogue(of, ECHO, REFUSE, CRASH, SLOW, LARGE), options))
}

describe('a tool of an upstream MCP server', () => {
  test('is called by its own name with the arguments as they are, and its blocks and data are handed on', async () => {
    const server = open.add(await upstream())
    const outcome = await mcpClient(server.url).call(call(ECHO, { a: 1, nested: { b: ['x'] } }))
    expect(outcome).toEqual({
      kind: 'done',
      data: { name: 'up_echo', args: { a: 1, nested: { b: ['x'] } } },
      answer: { name: 'up_echo', args: { a: 1, nested: { b: ['x'] } } },
      page: null,
      ageS: 0,
      content: [{ type: 'text', text: 'hello' }],
    })
  })

  test('takes mapped arguments where the catalogue maps them', async () => {
    const server = open.add(await upstream())
    const mapped = named('echo', { args: [{ from: '/id', as: 'integer', to: '/account/id' }] })
    expect(await mcpClient(server.url).call(call(mapped, { id: '7' }))).toMatchObject({
      data: { args: { account: { id: 7 } } },
    })
  })

  test('is called with the credential of the company', async () => {
    const server = open.add(await upstream())
    const one = mcpClient(server.url)
    await one.call(call(ECHO, {}, { company: AURORA }))
    await one.call(call(ECHO, {}, { company: BRISA }))
    expect([...server.tokens].sort()).toEqual(['k-aurora', 'k-brisa'])
  })

  // MCP 2026-07-28, basic/index: the keys `traceparent`, `tracestate` and `baggage` of `_meta` carry a W3C trace.
  test.each([
    [true, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    [false, undefined],
  ])('is told the trace in `_meta` where `request.traceparent` is %s', async (traceparent, told) => {
    const server = open.add(await upstream())
    const asked = mcpClient(server.url, { request: { method: 'POST', traceparent } })
    await asked.call(call(ECHO, {}, { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }))
    expect(server.traces).toEqual([told])
  })

  test('that says it failed has failed, with its words clipped and no secret in them', async () => {
    const server = open.add(await upstream())
    const outcome = await mcpClient(server.url).call(call(REFUSE))
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'validation', fromErp: true } })
    const message = outcome.kind === 'failed' ? outcome.error.message : ''
    expect(message).toMatch(/^no such account, key \[secret\] x+…$/)
    expect(message).toHaveLength(300)
  })

  test('that throws leaves a write unknown, and its words are not told', async () => {
    const server = open.add(await upstream())
    expect(await mcpClient(server.url).call(call(CRASH))).toEqual({
      kind: 'unknown',
      error: { kind: 'server', message: 'the MCP server answered error -32603' },
    })
    expect(server.ran).toEqual(['up_crash'])
  })

  test('that does not answer in time leaves a write unknown', async () => {
    const server = open.add(await upstream())
    const outcome = await mcpClient(server.url, { connection: { timeoutMs: 200 } }).call(call(SLOW))
    expect(outcome).toMatchObject({ kind: 'unknown', error: { kind: 'timeout' } })
    expect(server.ran).toEqual(['up_slow'])
  })

  test('that answers past the limit has failed', async () => {
    const server = open.add(await upstream())
    const outcome = await mcpClient(server.url, { connection: { timeoutMs: 2_000 } }).call(call(LARGE))
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'response_too_large' } })
  })

  test('takes its credential in a header only, never in an address', () => {
    const auth = [{ in: 'query' as const, name: 'token', credential: 'key' }]
    expect(() => mcpClient('http://127.0.0.1:1/mcp', { connection: { auth } })).toThrow('in a header')
  })

  test('that became another, without a word of it, is refused a minute later at the latest', async () => {
    const server = open.add(await upstream())
    let now = 1_000_000
    const one = mcpClient(server.url, {}, { now: () => now })
    await one.call(call(ECHO, { n: 1 }))
    server.says.set('refuse', 'pays whatever you like')
    now += 60_001
    expect(await one.call(call(REFUSE))).toMatchObject({ kind: 'failed', error: { kind: 'tool_changed' } })
    expect(one.refusedTools()).toEqual(['refuse'])
    expect(await one.call(call(ECHO, { n: 2 }))).toMatchObject({ kind: 'done' })
    expect(server.ran).toEqual(['up_echo', 'up_echo'])
  })

  test('keeps to the limits of its catalogue', async () => {
    const server = open.add(await upstream())
    const one = mcpClient(server.url, { limits: [{ key: ['ip'], max: 1, perMs: 60_000, onHit: 'circuit' }] })
    await one.call(call(ECHO, { n: 1 }))
    expect(await one.call(call(ECHO, { n: 2 }))).toMatchObject({ kind: 'failed', error: { kind: 'rate_limited' } })
    expect(server.ran).toEqual(['up_echo'])
  })
})

describe('an upstream that is not reached', () => {
  test('because nobody listens: a write has failed, and works once somebody does', async () => {
    const gone = await upstream()
    await gone.close()
    const one = mcpClient(gone.url)
    expect(await one.call(call(REFUSE))).toMatchObject({ kind: 'failed', error: { kind: 'connection' } })
  })

  test('because it went away after the first call: the next write has failed', async () => {
    const server = await upstream()
    const one = mcpClient(server.url)
    await one.call(call(ECHO))
    await server.close()
    // Time for the end of the kept connection to arrive.
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await one.call(call(REFUSE))).toMatchObject({ kind: 'failed', error: { kind: 'connection' } })
  })

  test('because its host is not allowed', async () => {
    const server = open.add(await upstream())
    const outcome = await mcpClient(server.url, { connection: { allowedHosts: ['mcp.example'] } }).call(call(REFUSE))
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'host_not_allowed' } })
    expect(server.ran).toEqual([])
  })

  test('because it refuses the token, or points elsewhere', async () => {
    const refusing = open.add(await erpServer(() => ({ status: 401, json: {} })))
    expect(await mcpClient(refusing.url).call(call(REFUSE))).toMatchObject({ kind: 'failed', error: { kind: 'auth' } })
    const target = open.add(await upstream())
    const moving = open.add(await erpServer(() => ({ status: 307, headers: { location: target.url } })))
    expect(await mcpClient(moving.url).call(call(REFUSE))).toMatchObject({ kind: 'failed' })
    expect([...target.tokens]).toEqual([])
  })
})
