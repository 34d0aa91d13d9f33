import { connect, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { modern } from '../../helpers/mcp/post.ts'
import { besieged } from './besieged.ts'

const { line, send, raw } = besieged({ MAX_CONNECTIONS: '40' })

const LIST = modern('tools/list')
const head = (more: string): string =>
  `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${more}\r\n`
const bearer = (): string => `Authorization: Bearer ${line().alcada.token('admin')}\r\n`

describe('a request that is none', () => {
  test.each([
    ['noise', '\x00\x01\x02\xff\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['half a line', 'POST\r\n\r\n'],
    ['an unknown version', 'POST /mcp HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a header that never ends', `GET /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['a length that is none', head('Content-Length: -5\r\n')],
    ['two lengths', head('Content-Length: 2\r\nContent-Length: 3\r\n')],
    [
      'a length and chunks',
      `${head('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
    ],
    ['a chunk that is none', `${head('Transfer-Encoding: chunked\r\n')}zz\r\n`],
  ])('%s is turned away', async (_name, bytes) => {
    const text = await raw(Buffer.from(bytes, 'latin1'), 1_500)
    expect(text === '' || /^HTTP\/1\.1 4\d\d /.test(text)).toBe(true)
    expect(text).not.toContain('200 OK')
  })

  test('an address, a method, a host, an origin and a media type that are not for it', async () => {
    for (const [bytes, status] of [
      ['GET /%00%ff HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n', 404],
      ['GET //mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n', 404],
      ['POST /mcp HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', 403],
      [
        'POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
        403,
      ],
      ['POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', 401],
    ] as const) {
      expect(await raw(bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    }
    expect((await send({ ...LIST, headers: { ...LIST.headers, 'content-type': 'text/plain' } })).status).toBe(415)
    for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
      expect((await send({ ...LIST, method })).status).toBeGreaterThanOrEqual(400)
    }
  })

  test('a token that is none', async () => {
    // Of a name of its own: who forges tokens is locked out by source and claimed name.
    const good = line().alcada.token('admin', { sub: 'agent-forged' })
    const [header = '', payload = '', signature = ''] = good.split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    for (const token of [
      '',
      'x',
      `${header}.${payload}.`,
      `${none}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${good} x`,
      'a'.repeat(9_000),
    ]) {
      const { status, text } = await send({ ...LIST, headers: { ...LIST.headers, authorization: `Bearer ${token}` } })
      expect([401, 429]).toContain(status)
      expect(text).not.toContain(payload)
    }
  })
})

describe('requests that are never finished', () => {
  test('half a head, half a body and a body byte by byte keep nobody else from being answered', async () => {
    const sockets = await Promise.all([
      ...Array.from({ length: 10 }, () => opened('POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')),
      ...Array.from({ length: 10 }, () => opened(`${head(`${bearer()}Content-Length: 1000\r\n`)}{"jsonrpc"`)),
      ...Array.from({ length: 10 }, () => opened(`${head(`${bearer()}Transfer-Encoding: chunked\r\n`)}1\r\n{\r\n`)),
    ])
    for (const socket of sockets) socket.write('a')
    for (let count = 0; count < 5; count += 1) {
      const { status, json } = await send(LIST)
      expect(status).toBe(200)
      expect(Object(json).result.tools.length).toBe(37)
    }
    for (const socket of sockets) socket.destroy()
  })

  test('above the limit of connections a request is told to come again, and the place of one that left is free', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 45 }, () => opened('POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n')),
    )
    const { status, headers, json } = await send(LIST)
    expect([status, headers['retry-after'], json]).toMatchObject([503, '1', { error: { code: 'overloaded' } }])
    for (const socket of sockets) socket.destroy()
    await expect.poll(async () => (await send(LIST)).status).toBe(200)
  })
})

function opened(bytes: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(line().alcada.mcp.port), '127.0.0.1', () => {
      socket.write(bytes)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}
