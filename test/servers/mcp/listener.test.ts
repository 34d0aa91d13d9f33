import { once } from 'node:events'
import { connect } from 'node:net'
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
