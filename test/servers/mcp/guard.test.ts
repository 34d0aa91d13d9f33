import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Edge, startEdge } from '../../helpers/mcp/edge.ts'
import { modern, post } from '../../helpers/mcp/post.ts'

describe('who may speak to the edge at all', () => {
  let edge: Edge
  beforeAll(async () => {
    edge = await startEdge({ allowedOrigins: ['https://console.example'] })
  })
  afterAll(() => edge.stop())

  const listed = (headers: Record<string, string>) => post(edge.url, modern('tools/list', {}, headers))

  test.each(['localhost', 'localhost:9', 'LOCALHOST', '127.0.0.1', '127.0.0.1:65535'])(
    'Host `%s` is one of ours, whatever the port',
    async (host) => {
      expect((await listed({ host })).status).toBe(200)
    },
  )

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '127.1',
    '[::1]',
    'localhost/evil.example',
    'evil.example@localhost',
    'localhost:80:90',
    'local host',
  ])('Host `%s` is refused before the token is looked at', async (host) => {
    edge.gate.authentications.length = 0
    const answer = await listed({ host })
    expect(answer).toMatchObject({
      status: 403,
      json: { jsonrpc: '2.0', id: null, error: { code: 403, message: 'expected a Host this server answers to' } },
    })
    expect(edge.gate.authentications).toEqual([])
  })

  test.each(['https://console.example', 'http://localhost:3000', 'http://127.0.0.1'])(
    'Origin `%s` may call',
    async (origin) => {
      expect((await listed({ origin })).status).toBe(200)
    },
  )

  test.each([
    'https://evil.example',
    'https://console.example.evil.example',
    'http://console.example',
    'https://console.example:444',
    'http://[::1]',
    'null',
    'file://',
    '',
  ])('Origin `%s` is 403', async (origin) => {
    const answer = await listed({ origin })
    expect(answer).toMatchObject({
      status: 403,
      json: { error: { code: 403, message: 'expected no Origin, or one this server allows' } },
    })
  })

  test('a page of the server’s own name may call only from loopback: elsewhere it has to be named', async () => {
    const named = await startEdge({ allowedHosts: ['erp.example'] })
    try {
      const host = { host: 'erp.example' }
      expect((await post(named.url, modern('tools/list', {}, host))).status).toBe(200)
      const paged = modern('tools/list', {}, { ...host, origin: 'https://erp.example' })
      expect((await post(named.url, paged)).status).toBe(403)
    } finally {
      await named.stop()
    }
  })

  test('a token in the address is refused, even beside a good one in the header', async () => {
    const answer = await post(new URL('?access_token=operator', edge.url), modern('tools/list'))
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { message: 'expected the token in the Authorization header, not in the address' } },
    })
  })

  test('a caller who is not recognised gets the challenge as the gate worded it, and nothing reaches the protocol', async () => {
    const answer = await listed({ authorization: 'Bearer nobody' })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer error="invalid_token", resource_metadata="http://localhost/.well-known/x"',
    )
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json).toMatchObject({ error: { message: 'expected a bearer token' } })
    expect(edge.errors).toEqual([])
  })

  test.each(['GET', 'DELETE', 'PUT'])('%s needs a token as well, and then is not offered', async (method) => {
    expect((await post(edge.url, { method, headers: { authorization: 'Bearer nobody' } })).status).toBe(401)
    const answer = await post(edge.url, { method })
    expect(answer.status).toBe(405)
    expect(answer.headers['allow']).toBe('POST')
  })

  test('the gate is told where a request came from', async () => {
    edge.gate.authentications.length = 0
    await listed({})
    expect(edge.gate.authentications).toEqual([{ authorization: 'Bearer operator', source: '127.0.0.1' }])
  })

  test('over the limit of connections a request is answered 503 and told to come again', async () => {
    const full = await startEdge({ maxConnections: 0 })
    try {
      const answer = await post(full.url, modern('tools/list'))
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
      expect(full.gate.authentications).toEqual([])
    } finally {
      await full.stop()
    }
  })
})
