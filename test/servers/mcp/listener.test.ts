import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type Listener, listen, type Route } from '../../../servers/mcp/listener.ts'
import { replyJson } from '../../../servers/mcp/reply.ts'
import { post } from '../../helpers/mcp/post.ts'

describe('a listener', () => {
  test.each<[string, Route]>([
    [
      'throws',
      () => {
        throw new Error('password=hunter2')
      },
    ],
    ['rejects', () => Promise.reject(new Error('password=hunter2'))],
    ['rejects with no error at all', () => Promise.reject('password=hunter2')],
  ])('survives a handler that %s, tells us and not the client', async (_name, route) => {
    const errors: string[] = []
    await served(route, { onError: (error) => errors.push(error.message) }, async (listener) => {
      for (let time = 0; time < 2; time += 1) {
        const answer = await post(new URL(listener.url))
        expect(answer).toMatchObject({ status: 500, json: { error: { code: 'internal' } } })
        expect(answer.text).not.toContain('hunter2')
      }
      expect(errors).toEqual(['password=hunter2', 'password=hunter2'])
    })
  })

  test.each(['//', 'http://[', '*'])('takes the address `%s` for the root', async (address) => {
    const route: Route = (_request, response, path) => replyJson(response, 200, { path })
    await served(route, {}, async ({ url }) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.write(`OPTIONS ${address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      await once(socket, 'close')
      expect(Buffer.concat(chunks).toString()).toMatch(/\{"path":"\/\*?"\}$/)
    })
  })

  test('closing lets a request under way end, and takes no other', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    const { promise: leave, resolve: go } = Promise.withResolvers<void>()
    const listener = await listen(
      async (_request, response) => {
        arrive()
        await leave
        replyJson(response, 200, { done: true })
      },
      { host: '127.0.0.1', port: 0, maxConnections: 10, clean: (text) => text },
    )
    const under = post(new URL(listener.url))
    await arrived
    const closed = listener.close(10_000)
    await expect(post(new URL(listener.url))).rejects.toThrow('ECONNREFUSED')
    go()
    expect((await under).json).toEqual({ done: true })
    await closed
    expect(listener.connections()).toBe(0)
  })

  test('closing does not wait for ever for one that does not end', async () => {
    const listener = await listen(() => undefined, {
      host: '127.0.0.1',
      port: 0,
      maxConnections: 10,
      clean: (text) => text,
    })
    const hanging = post(new URL(listener.url)).catch((error: Error) => error.message)
    await expect.poll(() => listener.connections()).toBe(1)
    await listener.close(20)
    expect(await hanging).toBe('socket hang up')
  })
})

describe('with as many connections as it may have', () => {
  const ask = (socket: Socket): void => void socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const connected = async ({ url }: Listener): Promise<Socket> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }
  const status = async (socket: Socket): Promise<string> => {
    const [chunk] = await once(socket, 'data')
    return String(chunk).slice(9, 12)
  }

  async function withTwo(use: (listener: Listener, overloads: () => number, go: () => void) => Promise<void>) {
    const gate = Promise.withResolvers<void>()
    let overloads = 0
    const route: Route = async (request, response) => {
      if (request.headers['x-wait'] !== undefined) await gate.promise
      replyJson(response, 200, {})
    }
    const onOverload = (): void => void overloads++
    const listener = await listen(route, {
      host: '127.0.0.1',
      port: 0,
      maxConnections: 2,
      clean: (text) => text,
      onOverload,
    })
    await use(listener, () => overloads, gate.resolve).finally(() => listener.close(100))
  }

  test('the one that was kept open longest gives way to a new one', async () => {
    await withTwo(async (listener, overloads) => {
      const [first, second] = [await connected(listener), await connected(listener)]
      for (const socket of [first, second]) {
        ask(socket)
        expect(await status(socket)).toBe('200')
      }
      const gone = once(first, 'close')
      const third = await connected(listener)
      ask(third)
      expect(await status(third)).toBe('200')
      await gone
      ask(second)
      expect(await status(second)).toBe('200')
      expect(overloads()).toBe(0)
    })
  })

  test('where all are busy a new one is told to come again, and those under way are served', async () => {
    await withTwo(async (listener, overloads, go) => {
      const busy = [await connected(listener), await connected(listener)]
      const told = busy.map(status)
      for (const socket of busy) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Wait: 1\r\n\r\n')
      await expect.poll(() => listener.connections()).toBe(2)
      const refused = await connected(listener)
      ask(refused)
      const [text] = await once(refused, 'data')
      expect(String(text)).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1/is)
      expect(overloads()).toBe(1)
      go()
      expect(await Promise.all(told)).toEqual(['200', '200'])
      // Who had a place is served again, and whoever comes after it is idle takes it.
      for (const socket of busy) ask(socket)
      expect(await Promise.all(busy.map(status))).toEqual(['200', '200'])
      const later = await connected(listener)
      ask(later)
      expect(await status(later)).toBe('200')
    })
  })

  test('connections that never say anything give way after a second', async () => {
    await withTwo(async (listener) => {
      const silent = [await connected(listener), await connected(listener)]
      const gone = once(silent[0] ?? never(), 'close')
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      const third = await connected(listener)
      ask(third)
      expect(await status(third)).toBe('200')
      await gone
    })
  })

  test('the place of one that has left is free', async () => {
    await withTwo(async (listener) => {
      const busy = [await connected(listener), await connected(listener)]
      for (const socket of busy) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Wait: 1\r\n\r\n')
      await expect.poll(() => listener.connections()).toBe(2)
      busy[0]?.destroy()
      await expect.poll(() => listener.connections()).toBe(1)
      const next = await connected(listener)
      ask(next)
      expect(await status(next)).toBe('200')
    })
  })
})

function never(): never {
  throw new Error('expected a connection')
}

async function served(
  route: Route,
  options: { onError?: (error: Error) => void },
  use: (listener: Listener) => Promise<void>,
): Promise<void> {
  const listener = await listen(route, {
    host: '127.0.0.1',
    port: 0,
    maxConnections: 10,
    clean: (text) => text,
    ...options,
  })
  await use(listener).finally(() => listener.close(100))
}
