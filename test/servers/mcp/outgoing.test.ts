import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { listen, type Route } from '../../../servers/mcp/listener.ts'
import { cleanStream } from '../../../servers/mcp/outgoing.ts'
import { replyJson } from '../../../servers/mcp/reply.ts'
import { sendJson } from '../../../servers/ops/web.ts'

const clean = (told: string): string => told.replaceAll('c4n4ry-key', '[secret]')

async function answered(route: Route, method = 'GET'): Promise<Response> {
  const listener = await listen(route, { host: '127.0.0.1', port: 0, maxConnections: 10, clean })
  try {
    const response = await fetch(listener.url, { method, redirect: 'manual' })
    return new Response(await response.text(), { status: response.status, headers: response.headers })
  } finally {
    await listener.close(100)
  }
}

test.each<[string, Route]>([
  ['as JSON', (_request, response) => replyJson(response, 200, { said: 'c4n4ry-key' })],
  ['as JSON of the operations listener', (_request, response) => sendJson(response, 200, { said: 'c4n4ry-key' })],
  [
    'as bytes, with their length',
    (_request, response) => {
      const bytes = new TextEncoder().encode('{"said":"c4n4ry-key"}')
      response.writeHead(200, 'OK', { 'Content-Length': bytes.length }).end(bytes)
    },
  ],
  [
    'as a stream of events',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      response.write('{"said":')
      response.write(new TextEncoder().encode('"c4n4ry-key"'))
      response.end('}')
    },
  ],
])('whoever writes a body %s, it leaves without the secret and whole', async (_how, route) => {
  const response = await answered(route)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ said: '[secret]' })
})

test('a header leaves without it too', async () => {
  const { status, headers } = await answered((_request, response) => {
    response.writeHead(303, { location: '/?k=c4n4ry-key', 'set-cookie': ['a=c4n4ry-key', 'b=1'] }).end()
  }, 'POST')
  expect({ status, location: headers.get('location') }).toEqual({ status: 303, location: '/?k=[secret]' })
  expect(headers.getSetCookie()).toEqual(['a=[secret]', 'b=1'])
})

test('a body with nothing secret leaves as it is, byte by byte, and with its length', async () => {
  const bytes = Uint8Array.from([0xff, 0xfe, 0x00, 0x80])
  const response = await answered((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes)
  })
  expect(response.headers.get('content-length')).toBe('4')
})

test('a HEAD tells the length of what it leaves out', async () => {
  const response = await answered((_request, response) => {
    response.writeHead(200, { 'content-length': 12 }).end()
  }, 'HEAD')
  expect(response.headers.get('content-length')).toBe('12')
})

test('what is written to a stream goes on without it', async () => {
  const stdout = new PassThrough()
  const stream = cleanStream(stdout, clean)
  stream.write('{"said":"c4n4ry-key"}\n')
  stream.end(() => stdout.end())
  expect(await text(stdout)).toBe('{"said":"[secret]"}\n')
})
