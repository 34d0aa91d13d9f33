import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Unauthenticated } from '../../../servers/mcp/gate.ts'
import { type McpStdio, mcpStdio } from '../../../servers/mcp/stdio.ts'
import { identityOf, type TestGate, testGate } from '../../helpers/mcp/gate.ts'

describe('MCP over stdin and stdout', () => {
  test('a client of 2025 opens, lists and calls', async () => {
    const { send, next } = open()
    send(
      request(1, 'initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 't', version: '1' },
      }),
    )
    expect(await next()).toMatchObject({ id: 1, result: { protocolVersion: '2025-11-25' } })
    send('{"jsonrpc":"2.0","method":"notifications/initialized"}')
    send(request(2, 'tools/list'))
    expect(await next()).toMatchObject({
      id: 2,
      result: { tools: [{ name: 'create_payment' }, { name: 'get_payable_list' }] },
    })
    send(request(3, 'tools/call', { name: 'create_payment', arguments: {} }))
    expect(await next()).toMatchObject({ id: 3, result: { isError: true } })
  })

  test('a client of 2026 is served on the same pipe', async () => {
    const { send, next } = open()
    send(request(1, 'tools/list', { _meta: META }))
    expect(await next()).toMatchObject({ id: 1, result: { resultType: 'complete', ttlMs: 0 } })
  })

  test('the caller is asked for at every request: a token that expires meanwhile ends nothing but its calls', async () => {
    const { send, next, token } = open()
    send(request(1, 'tools/list', { _meta: META }))
    expect(await next()).toMatchObject({ id: 1, result: {} })
    token.expired = true
    send(request(2, 'tools/list', { _meta: META }))
    expect(await next()).toMatchObject({
      id: 2,
      error: { code: -32600, message: 'expected a token that has not expired' },
    })
    token.expired = false
    send(request(3, 'tools/list', { _meta: META }))
    expect(await next()).toMatchObject({ id: 3, result: {} })
  })

  test.each([
    ['malformed JSON', '{"jsonrpc":', -32700, 'expected a value'],
    ['a batch', `[${request(1, 'tools/list')}]`, -32600, 'expected one message, got a batch: send them one by one'],
    ['a key twice', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', -32700, 'expected every key once in an object'],
    [
      '`__proto__`',
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":1}}',
      -32700,
      'expected a key that is no name of a prototype',
    ],
    ['10 000 levels', '['.repeat(10_000), -32700, 'expected at most 64 levels of objects and arrays'],
    ['a lone number', '5', -32600, 'expected a JSON-RPC message'],
    ['no JSON-RPC', '{"hello":"world"}', -32600, 'expected a JSON-RPC message'],
    ['a line of 2 MB', `"${'a'.repeat(2_000_000)}"`, -32600, 'expected a line of at most 1048576 bytes'],
  ])('%s is refused with a clear error, and the next line is served', async (_name, line, code, message) => {
    const { send, next, gate } = open()
    send(line)
    expect(await next()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code, message } })
    send(request(7, 'tools/list', { _meta: META }))
    expect(await next()).toMatchObject({ id: 7, result: {} })
    expect(gate.calls).toEqual([])
  })

  test('an error in the text tells its byte', async () => {
    const { send, next } = open()
    send('{"a":"ção",}')
    expect(await next()).toMatchObject({ error: { code: -32700, data: { offset: 13 } } })
  })

  test('a message cut in two by the pipe is one message, empty lines are none, and text survives whole', async () => {
    const { stdin, next, gate } = open()
    const line = Buffer.from(
      `\n\n${request(1, 'tools/call', { _meta: META, name: 'get_payable_list', arguments: { note: 'ação' } })}\n`,
    )
    const middle = line.indexOf('ç') + 1
    stdin.write(line.subarray(0, middle))
    await new Promise((resolve) => setImmediate(resolve))
    stdin.write(line.subarray(middle))
    expect(await next()).toMatchObject({
      id: 1,
      result: { structuredContent: { data: { received: { note: 'ação' } } } },
    })
    expect(gate.calls).toMatchObject([{ args: { note: 'ação' } }])
  })

  test('a line that never ends is refused once and not kept', async () => {
    const { stdin, send, next } = open()
    for (let part = 0; part < 4; part += 1) {
      stdin.write('a'.repeat(1_100_000))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await next()).toMatchObject({ error: { message: 'expected a line of at most 1048576 bytes' } })
    send('the end of it')
    send(request(7, 'tools/list', { _meta: META }))
    expect(await next()).toMatchObject({ id: 7, result: {} })
  })

  test('a change of the tools is told to a client that listens', async () => {
    const { send, next, mcp } = open()
    send(request('s', 'subscriptions/listen', { _meta: META, notifications: { toolsListChanged: true } }))
    expect(await next()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' })
    mcp.toolsChanged()
    expect(await next()).toMatchObject({ method: 'notifications/tools/list_changed' })
  })
})

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}

interface Pipe {
  gate: TestGate
  mcp: McpStdio
  stdin: PassThrough
  token: { expired: boolean }
  send(line: string): void
  next(): Promise<unknown>
}

function open(): Pipe {
  const gate = testGate()
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const token = { expired: false }
  const identify = async () => {
    if (token.expired) throw new Unauthenticated(401, 'expected a token that has not expired', '')
    return identityOf('operator')
  }
  const mcp = mcpStdio(gate, { stdin, stdout, identify })
  onTestFinished(() => mcp.close())
  const next = linesOf(stdout)
  return { gate, mcp, stdin, token, send: (line) => stdin.write(`${line}\n`), next }
}

function linesOf(stdout: PassThrough): () => Promise<unknown> {
  const lines: string[] = []
  const waiting: ((line: string) => void)[] = []
  let rest = ''
  stdout.on('data', (chunk: Buffer) => {
    const parts = `${rest}${chunk.toString()}`.split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      const first = waiting.shift()
      if (first === undefined) lines.push(line)
      else first(line)
    }
  })
  return async () => JSON.parse(lines.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve))))
}

function request(id: number | string, method: string, params: Record<string, unknown> = {}): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}
