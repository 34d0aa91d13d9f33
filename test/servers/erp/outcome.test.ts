import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Catalogue } from '../../../engine/contract/catalogue.ts'
import type { Erp } from '../../../engine/contract/erp.ts'
import {
  type Answer,
  AURORA,
  call,
  catalogue,
  client,
  closing,
  type ErpChange,
  erp,
  erpServer,
  tool,
  write,
} from './erp-on-loopback.ts'

const open = closing()
afterEach(open.all)

const READ = tool()
const WRITE = write()

async function both(answer: Answer, change: ErpChange = {}) {
  const server = open.add(await erpServer(() => answer))
  const one = open.add(client(catalogue(erp(server.url, change), READ, WRITE)))
  const read = await one.call(call(READ, { id: '1' }))
  const written = await one.call(call(WRITE, { id: '1' }))
  return { read, written, calls: server.seen.length }
}

describe('what cannot be known of a write is unknown, of a read failed, and neither is tried again', () => {
  test.each<[string, Answer, Partial<Erp['connection']>, string]>([
    ['no answer in time', { raw: () => undefined }, { timeoutMs: 80 }, 'timeout'],
    ['a connection cut before the answer', { raw: (response) => void response.destroy() }, {}, 'connection'],
    [
      'a connection cut within the answer',
      {
        raw: (response) =>
          void response.writeHead(200, { 'content-length': '50' }).write('{', () => response.destroy()),
      },
      {},
      'connection',
    ],
    ['an error in the 5xx class that no rule explains', { status: 502, text: 'bad gateway' }, {}, 'server'],
    ['a request time-out', { status: 408, json: {} }, {}, 'server'],
    [
      'an answer that is no JSON',
      { text: '<html>login</html>', headers: { 'content-type': 'text/html' } },
      {},
      'unreadable_answer',
    ],
    ['an answer with a key twice', { text: '{"id":1,"id":2}' }, {}, 'unreadable_answer'],
    ['an answer that is compressed', { text: 'x', headers: { 'content-encoding': 'gzip' } }, {}, 'unreadable_answer'],
    [
      'an answer past its limit',
      { json: { id: 'x'.repeat(5_000) } },
      { maxResponseBytes: 1_000 },
      'response_too_large',
    ],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, {}, 'redirect_refused'],
  ])('%s', async (_, answer, connection, kind) => {
    const { read, written, calls } = await both(answer, { connection })
    expect(read).toMatchObject({ kind: 'failed', error: { kind } })
    expect(written).toMatchObject({ kind: 'unknown', error: { kind } })
    expect(calls).toBe(2)
  })

  test('an answer that never ends is cut at its limit', async () => {
    const endless: Answer = {
      raw(response) {
        const pour = () => {
          while (!response.destroyed && response.write('x'.repeat(1_000)));
        }
        response.writeHead(200, { 'content-type': 'application/json' }).on('drain', pour)
        pour()
      },
    }
    const { read } = await both(endless)
    expect(read).toMatchObject({ kind: 'failed', error: { kind: 'response_too_large' } })
  })

  test('an answer without what result points to', async () => {
    const { written } = await both({ json: { id: 1 } }, { request: { method: 'POST', result: '/result' } })
    expect(written).toMatchObject({ kind: 'unknown', error: { kind: 'unreadable_answer' } })
  })

  test('a rule of kind server leaves a write unknown, unless it says that nothing was done', async () => {
    const rule = { pointer: '/error', kind: 'server' } as const
    expect((await both({ status: 500, json: { error: 'x' } }, { errors: [rule] })).written.kind).toBe('unknown')
    const told = await both({ status: 500, json: { error: 'x' } }, { errors: [{ ...rule, notDone: true }] })
    expect(told.written.kind).toBe('failed')
  })
})

describe('a write that is known not done has failed', () => {
  test('nobody listens', async () => {
    const listener = createServer()
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const address = listener.address()
    const port = typeof address === 'object' ? address?.port : 0
    await new Promise((resolve) => listener.close(resolve))
    const one = open.add(client(catalogue(erp(`http://127.0.0.1:${port}`), WRITE)))
    expect(await one.call(call(WRITE, { id: '1' }))).toMatchObject({ kind: 'failed', error: { kind: 'connection' } })
  })

  test('the other side speaks no TLS', async () => {
    const plain = createServer(
      (socket) => void socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    )
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    open.add({ close: () => void plain.close() })
    const address = plain.address()
    const port = typeof address === 'object' ? address?.port : 0
    const one = open.add(client(catalogue(erp(`https://127.0.0.1:${port}`), WRITE)))
    expect(await one.call(call(WRITE, { id: '1' }))).toMatchObject({ kind: 'failed', error: { kind: 'connection' } })
  })

  test('the ERP refuses it in the 4xx class', async () => {
    const { written } = await both({ status: 422, json: {} })
    expect(written).toMatchObject({ kind: 'failed', error: { kind: 'server' } })
  })

  test('there is no credential for the company', async () => {
    const auth = [{ in: 'header', name: 'ApiToken', credential: 'key' }] as const
    const server = open.add(await erpServer(() => ({ json: {} })))
    const one = open.add(client(catalogue(erp(server.url, { connection: { auth: [...auth] } }), WRITE)))
    const outcome = await one.call(call(WRITE, {}, { company: '11222333000181' }))
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'auth' } })
    expect(server.seen).toEqual([])
  })

  test('the caller has given up before', async () => {
    const server = open.add(await erpServer(() => ({ json: {} })))
    const one = open.add(client(catalogue(erp(server.url), WRITE)))
    const outcome = await one.call(call(WRITE, {}, { signal: AbortSignal.abort() }))
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'cancelled' } })
    expect(server.seen).toEqual([])
  })
})

test('a caller that gives up while the ERP works leaves a write unknown', async () => {
  const stop = new AbortController()
  const server = open.add(
    await erpServer(() => {
      stop.abort()
      return { raw: () => undefined }
    }),
  )
  const one = open.add(client(catalogue(erp(server.url), WRITE)))
  const outcome = await one.call(call(WRITE, {}, { signal: stop.signal }))
  expect(outcome).toMatchObject({ kind: 'unknown', error: { kind: 'cancelled' } })
})

describe('the address', () => {
  async function calledAt(
    change: (url: string) => Partial<Erp['connection']>,
  ): Promise<{ outcome: unknown; calls: number }> {
    const server = open.add(await erpServer(() => ({ json: { id: 1 } })))
    const one = open.add(client(catalogue(erp(server.url, { connection: change(server.url) }), WRITE)))
    return { outcome: await one.call(call(WRITE)), calls: server.seen.length }
  }

  test.each<[string, (url: string) => Partial<Erp['connection']>]>([
    ['a host that is not allowed', () => ({ allowedHosts: ['api.nibo.com.br'] })],
    ['http to another host than loopback', () => ({ baseUrl: 'http://erp.example', allowedHosts: ['erp.example'] })],
    ['a user in the address', (url) => ({ baseUrl: url.replace('//', '//a:b@') })],
    ['another protocol', () => ({ baseUrl: 'ftp://127.0.0.1/' })],
  ])('is refused: %s', async (_, change) => {
    const { outcome, calls } = await calledAt(change)
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'host_not_allowed' } })
    expect(calls).toBe(0)
  })

  test('another base address is taken on loopback only', async () => {
    const server = open.add(await erpServer(() => ({ json: { id: 1 } })))
    const of: Catalogue = catalogue(
      erp('https://app.omie.com.br/api/v1', { connection: { allowedHosts: ['app.omie.com.br'] } }),
      READ,
    )
    const one = open.add(client(of, { loopbackBaseUrl: `${server.url}/api` }))
    expect(await one.call(call(READ, { id: '1' }))).toMatchObject({ kind: 'done' })
    expect(server.seen[0]?.url).toBe('/api/vendors')
    expect(() => client(of, { loopbackBaseUrl: 'https://elsewhere.example' })).toThrow('loopback')
  })
})

test('a mistake of ours is reported, not told: a write is unknown then, a read failed', async () => {
  const heard: unknown[] = []
  const server = open.add(await erpServer(() => ({ json: { id: 1 } })))
  const one = open.add(client(catalogue(erp(server.url), READ, WRITE), { unforeseen: (cause) => heard.push(cause) }))
  const broken = { args: [{ from: 'no-pointer', to: '/id' }] }
  const error = { kind: 'internal', message: 'the call could not be carried through' }
  expect(await one.call(call(write(broken)))).toEqual({ kind: 'unknown', error })
  expect(await one.call(call(tool(broken)))).toEqual({ kind: 'failed', error })
  expect(heard).toHaveLength(2)
})

test('no outcome tells a secret, whatever the ERP answers', async () => {
  const echo = { error: 'bad key k-aurora and s3cr3t-aurora\u0000\n of CNPJ', id: 1 }
  const server = open.add(await erpServer(() => ({ status: 400, json: echo })))
  const of = erp(server.url, {
    connection: {
      auth: [
        { in: 'body', pointer: '/app_key', credential: 'key' },
        { in: 'body', pointer: '/app_secret', credential: 'secret' },
      ],
    },
    errors: [{ pointer: '/error', kind: 'validation', message: '/error' }],
  })
  const outcome = await open.add(client(catalogue(of, WRITE))).call(call(WRITE))
  expect(outcome).toEqual({
    kind: 'failed',
    error: { kind: 'validation', message: 'bad key [secret] and [secret] of CNPJ', fromErp: true },
  })
  expect(server.seen[0]?.body).toEqual({ app_key: 'k-aurora', app_secret: 's3cr3t-aurora' })
})

test('each company is called with its own credential over connections that are kept open', async () => {
  const server = open.add(await erpServer(() => ({ json: { id: 1 } })))
  const of = erp(server.url, { connection: { auth: [{ in: 'header', name: 'ApiToken', credential: 'key' }] } })
  const one = open.add(client(catalogue(of, WRITE)))
  await one.call(call(WRITE))
  await one.call(call(WRITE, {}, { company: '12ABC34501DE35' }))
  expect(server.seen.map(({ headers }) => headers['apitoken'])).toEqual(['k-aurora', 'k-brisa'])
  expect(server.seen[0]?.headers.connection).toBe('keep-alive')
  expect(AURORA).toBe('12345678000195')
})
