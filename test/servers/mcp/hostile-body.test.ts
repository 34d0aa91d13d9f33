import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Edge, startEdge } from '../../helpers/mcp/edge.ts'
import { modern, post, type Sent } from '../../helpers/mcp/post.ts'

const HUGE = JSON.stringify('a'.repeat(10_000_000))

/** A call of a tool that exists, with these arguments as they are written. */
function call(args: string): string {
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_payable_list","arguments":${args}}}`
}

const HOSTILE: [name: string, sent: Sent, status: number, code: number, message: string][] = [
  ['malformed JSON', { body: '{"jsonrpc":' }, 400, -32700, 'expected a value'],
  ['nothing', { body: '' }, 400, -32700, 'expected a value'],
  ['two messages in a row', { body: `${call('{}')} ${call('{}')}` }, 400, -32700, 'expected nothing behind the value'],
  ['a key twice', { body: call('{"amount":1,"amount":1000000}') }, 400, -32700, 'expected every key once in an object'],
  [
    'a key twice, once escaped',
    { body: call('{"amount":1,"\\u0061mount":1000000}') },
    400,
    -32700,
    'expected every key once in an object',
  ],
  ['`__proto__`', { body: call('{"__proto__":{}}') }, 400, -32700, 'expected a key that is no name of a prototype'],
  [
    '10 000 levels',
    { body: call('['.repeat(10_000) + ']'.repeat(10_000)) },
    400,
    -32700,
    'expected at most 64 levels of objects and arrays',
  ],
  ['1e999', { body: call('{"amount":1e999}') }, 400, -32700, 'expected a number within range'],
  ['NaN', { body: call('{"amount":NaN}') }, 400, -32700, 'expected a value'],
  ['a batch', { body: `[${call('{}')}]` }, 400, -32600, 'expected one message, got a batch: send them one by one'],
  ['an empty batch', { body: '[]' }, 400, -32600, 'expected one message, got a batch: send them one by one'],
  ['invalid UTF-8', { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) }, 400, -32700, 'expected UTF-8'],
  ['a byte order mark', { body: `\ufeff${call('{}')}` }, 400, -32700, 'expected JSON without a byte order mark'],
  ['a lone text', { body: '"tools/list"' }, 400, -32600, 'expected a JSON-RPC message'],
  ['null', { body: 'null' }, 400, -32600, 'expected a JSON-RPC message'],
  ['10 MB', { body: HUGE }, 413, -32600, 'expected a body of at most 1048576 bytes'],
  [
    '10 MB whose length was not told',
    { body: HUGE, chunked: true },
    413,
    -32600,
    'expected a body of at most 1048576 bytes',
  ],
  [
    'another media type',
    { body: call('{}'), headers: { 'content-type': 'text/plain' } },
    415,
    -32600,
    'expected content-type application/json',
  ],
  [
    'a media type that only begins like ours',
    { body: call('{}'), headers: { 'content-type': 'application/json-seq' } },
    415,
    -32600,
    'expected content-type application/json',
  ],
]

describe('a hostile body', () => {
  let edge: Edge
  beforeAll(async () => {
    edge = await startEdge()
  })
  afterAll(() => edge.stop())
  afterEach(async () => {
    expect(edge.gate.calls, 'nothing reached the gate').toEqual([])
    const answer = await post(edge.url, modern('tools/list'))
    expect(answer.status, 'the edge still answers').toBe(200)
  })

  test.each(HOSTILE)('%s is refused with a clear error', async (_name, sent, status, code, message) => {
    const answer = await post(edge.url, sent)
    expect(answer.status).toBe(status)
    expect(answer.json).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } })
    expect(answer.json).toMatchObject({ error: { message } })
  })

  test('an error in the text tells its byte, and nothing of what stands there', async () => {
    const answer = await post(edge.url, { body: '{"a":"ção",hunter2' })
    expect(answer.json).toMatchObject({ error: { code: -32700, data: { offset: 13 } } })
    expect(answer.text).not.toContain('hunter2')
  })

  test.each([
    '{}',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"1.0","id":1,"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":{},"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":1,"method":5}',
  ])('JSON that is no JSON-RPC message, as %s, is refused', async (body) => {
    expect(await post(edge.url, { body })).toMatchObject({ status: 400, json: { error: { code: -32600 } } })
  })

  test('a body that breaks off is nobody’s message', async () => {
    const cut = post(edge.url, { body: '{"jsonrpc"', headers: { 'content-length': '500' } })
    const gone = AbortSignal.timeout(200)
    await new Promise((resolve) => gone.addEventListener('abort', resolve))
    cut.catch(() => undefined)
    expect((await post(edge.url, modern('tools/list'))).status).toBe(200)
  })

  test('a body whose told length is too great is refused before it is sent', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = {
        authorization: 'Bearer operator',
        'content-type': 'application/json',
        'content-length': '9999999',
      }
      const outgoing = request(edge.url, { method: 'POST', headers }, (answer) => resolve(answer.statusCode))
      outgoing.on('error', reject)
      outgoing.flushHeaders()
    })
    expect(status).toBe(413)
  })

  test('the limit is the one that was set: a body of exactly so many bytes passes, one more does not', async () => {
    const sent = modern('tools/list')
    const size = Buffer.byteLength(sent.body ?? '')
    const exact = await startEdge({ maxBodyBytes: size })
    const less = await startEdge({ maxBodyBytes: size - 1 })
    try {
      expect((await post(exact.url, sent)).status).toBe(200)
      expect((await post(less.url, sent)).status).toBe(413)
      expect((await post(less.url, { ...sent, chunked: true })).status).toBe(413)
    } finally {
      await Promise.all([exact.stop(), less.stop()])
    }
  })
})
