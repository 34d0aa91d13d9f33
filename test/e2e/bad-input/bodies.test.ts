import { describe, expect, test } from 'vitest'
import { legacy, modern } from '../../helpers/mcp/post.ts'
import { besieged } from './besieged.ts'

const { line, raw, send } = besieged()

const HEADERS = modern('tools/call', { name: 'create_payment' }).headers ?? {}
const PAY = '{"payable_id":"2701001","account_id":"2243121","amount":10,"date":"2026-11-25","reference":"B-1"}'
const META =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"}}'
const call = (args: string, before = ''): string =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${before}${META},"name":"create_payment","arguments":${args}}}`

const UNREADABLE: readonly [string, string | Uint8Array, string][] = [
  ['nothing', '', 'expected a value'],
  ['half a message', call(PAY).slice(0, -20), 'expected a string'],
  ['a message and more', `${call(PAY)}{}`, 'expected nothing behind the value'],
  ['a comment', `/* pay */${call(PAY)}`, 'expected a value'],
  ['single quotes', "{'jsonrpc':'2.0'}", 'expected a string'],
  ['a trailing comma', call(PAY.replace('}', ',}')), 'expected a string'],
  ['a tab in a text', call(PAY.replace('B-1', 'B\t1')), 'expected the end of the string'],
  ['a byte order mark', `\uFEFF${call(PAY)}`, 'expected JSON without a byte order mark'],
  ['UTF-16', Buffer.from(call(PAY), 'utf16le'), 'expected a string'],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from('{"jsonrpc":"2.0","x":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
    'expected UTF-8',
  ],
  [
    'an overlong slash',
    Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    'expected UTF-8',
  ],
  [
    'a surrogate in UTF-8',
    Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    'expected UTF-8',
  ],
  [
    'an amount twice',
    call(PAY.replace('"amount":10', '"amount":10,"amount":9000')),
    'expected every key once in an object',
  ],
  [
    'an amount twice, spelled in two ways',
    call(PAY.replace('"amount":10', '"amount":10,"am\\u006funt":9000')),
    'expected every key once in an object',
  ],
  ['the arguments twice', call(`${PAY},"arguments":{}`), 'expected every key once in an object'],
  [
    'the method twice',
    call(PAY).replace('"id":1', '"id":1,"method":"tools/list"'),
    'expected every key once in an object',
  ],
  ['a number that is none', call(PAY.replace(':10', ':1e999')), 'expected a number within range'],
  [
    'a number that a double cannot hold',
    call(PAY.replace(':10', ':10.000000000000000000001')),
    'expected a number with fewer digits',
  ],
  [
    'ten thousand lists in each other',
    `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    'expected at most 64 levels of objects and arrays',
  ],
  [
    'ten thousand objects in each other',
    `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    'expected at most 64 levels of objects and arrays',
  ],
  ['ten thousand lists without an end', '['.repeat(10_000), 'expected at most 64 levels of objects and arrays'],
  [
    'arguments too deep',
    call(`{"bank":${'{"bank":'.repeat(100)}1${'}'.repeat(100)}}`),
    'expected at most 64 levels of objects and arrays',
  ],
]

describe('a body that cannot be read is refused before anything is made of it', () => {
  test.each(UNREADABLE)('%s', async (_name, body, message) => {
    const { status, json } = await send({ headers: HEADERS, body })
    expect([status, json]).toMatchObject([400, { jsonrpc: '2.0', id: null, error: { code: -32_700, message } }])
  })
})

const NO_MESSAGES: readonly [string, string][] = [
  ['a batch', `[${call(PAY)},${call(PAY)}]`],
  ['an empty batch', '[]'],
  ['a text', '"tools/call"'],
  ['a number', '1'],
  ['null', 'null'],
  ['true', 'true'],
]

describe('what is no single message is refused', () => {
  test.each(NO_MESSAGES)('%s', async (_name, body) => {
    const { status, json } = await send({ headers: HEADERS, body })
    expect([status, json]).toMatchObject([
      400,
      { error: { code: -32_600, message: expect.stringMatching(/^expected/) } },
    ])
  })

  test.each([
    ['an empty object', '{}'],
    ['no version', '{"id":1,"method":"tools/list"}'],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"tools/list"}'],
    ['a method that is no text', '{"jsonrpc":"2.0","id":1,"method":{"a":1}}'],
    ['an id that is a list', '{"jsonrpc":"2.0","id":[1],"method":"tools/list"}'],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"tools/destroy"}'],
    ['parameters that are a list', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["create_payment"]}'],
  ])('%s', async (_name, body) => {
    for (const headers of [HEADERS, legacy('tools/list').headers ?? {}]) {
      const { status, json } = await send({ headers, body })
      expect(status).toBeLessThan(500)
      expect(Object(json).error?.code).toBeLessThan(0)
      expect(Object(json).result).toBeUndefined()
    }
  })
})

describe('a name by which code reaches a prototype is refused wherever it stands', () => {
  const message = 'expected a key that is no name of a prototype'

  test.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('%s', async (name) => {
    for (const body of [
      call(PAY.replace('{', `{"${name}":{"amount":5},`)),
      call(PAY.replace('{', `{"bank":{"${name}":9000},`)),
      call(PAY, `"${name}":{"name":"get_vendors_list"},`),
      `{"${name}":null,${call(PAY).slice(1)}`,
    ]) {
      const { status, json } = await send({ headers: HEADERS, body })
      expect([status, json]).toMatchObject([400, { error: { code: -32_700, message } }])
    }
  })

  test.each(['hasOwnProperty', 'toString', 'valueOf', '__defineGetter__'])(
    '%s is an argument like others',
    async (name) => {
      const { json } = await send({ headers: HEADERS, body: call(PAY.replace('{', `{"${name}":9000,`)) })
      expect(Object(json).result.structuredContent.error).toMatchObject({ code: 'arguments_invalid', field: name })
    },
  )
})

describe('a body that is too large is refused and not kept', () => {
  const large = Buffer.alloc(10 * 1024 * 1024, 'a')

  test('ten megabytes, announced: refused before they are sent', async () => {
    const authorization = `Bearer ${line().alcada.token('admin')}`
    const head = [
      'POST /mcp HTTP/1.1',
      'Host: 127.0.0.1',
      'Content-Type: application/json',
      `Authorization: ${authorization}`,
    ]
    const text = await raw([...head, `Content-Length: ${large.length}`, '', '{'].join('\r\n'))
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toContain('"code":-32600,"message":"expected a body of at most 1048576 bytes"')
  })

  test('ten megabytes in chunks, unannounced', async () => {
    expect([413, 0]).toContain((await send({ headers: HEADERS, body: large, chunked: true }).catch(cut)).status)
  })

  test('a megabyte of one list, of one text and of one number is read and refused in words', async () => {
    const list = JSON.stringify(Array.from({ length: 120_000 }, (_, index) => index))
    for (const value of [list, `"${'x'.repeat(900_000)}"`]) {
      const { json } = await send({ headers: HEADERS, body: call(PAY.replace('"2701001"', value)) })
      expect(Object(json).result.structuredContent).toMatchObject({
        error: { code: 'arguments_invalid', field: 'payable_id' },
      })
      expect(JSON.stringify(json).length).toBeLessThan(2_000)
    }
    const digits = await send({ headers: HEADERS, body: call(PAY.replace(':10', `:${'9'.repeat(900_000)}`)) })
    expect(digits.json).toMatchObject({ error: { code: -32_700 } })
    expect(digits.text.length).toBeLessThan(2_000)
  })

  test('a hundred thousand arguments are refused by the first of them', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) => `"a${index}":1`).join(',')
    const { json, text } = await send({ headers: HEADERS, body: call(`{${many}}`) })
    expect(Object(json).result.structuredContent).toMatchObject({ error: { code: 'arguments_invalid' } })
    expect(text.length).toBeLessThan(2_000)
  })
})

/** The server may close before it has taken everything. */
function cut(): { status: number; json: unknown } {
  return { status: 0, json: null }
}
