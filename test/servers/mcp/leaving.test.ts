// A server that is asked to end (SIGTERM) answers the calls under way before it is gone, and takes no other.
import { expect, test } from 'vitest'
import { underWayCount } from '../../../servers/mcp/under-way.ts'
import { connect2026 } from '../../helpers/mcp/clients.ts'
import { startEdge } from '../../helpers/mcp/edge.ts'
import { resultOf } from '../../helpers/mcp/gate.ts'

/** An edge with a call that has arrived and is answered when `go` is called. */
async function calling() {
  const edge = await startEdge()
  const arrived = Promise.withResolvers<void>()
  const leave = Promise.withResolvers<void>()
  edge.gate.answerWith = async ({ args }) => {
    arrived.resolve()
    await leave.promise
    return resultOf(args)
  }
  const client = await connect2026(edge.url, 'viewer')
  const subscription = await client.listen({ toolsListChanged: true })
  const outcome = client.callTool({ name: 'get_payable_list', arguments: { page: 1 } }).then(
    ({ structuredContent }) => structuredContent,
    (error: Error) => error.message,
  )
  await arrived.promise
  return { edge, client, outcome, subscription, go: leave.resolve }
}

test('a call under way is answered; a subscription that stands open is not waited for, and is told the end', async () => {
  const { edge, client, outcome, subscription, go } = await calling()
  const left = edge.leave(60_000)
  await expect(fetch(edge.url, { method: 'POST' })).rejects.toThrow('fetch failed')
  go()
  expect(await outcome).toMatchObject({ data: { received: { page: 1 } } })
  await left
  expect(await subscription.closed).toBe('graceful')
  await client.close()
})

test('a call that takes longer than it is given is left', async () => {
  const { edge, client, outcome, go } = await calling()
  await edge.leave(1)
  expect(await outcome).toEqual(expect.any(String))
  go()
  await client.close()
})

test('of answers that are owed the last one counts, and one that ends twice counts once', async () => {
  const count = underWayCount()
  const [first, second] = [count.begin(), count.begin()]
  let none = false
  const waiting = count.none(60_000).then(() => (none = true))
  first()
  first()
  await new Promise((resolve) => setImmediate(resolve))
  expect(none).toBe(false)
  second()
  await waiting
  await count.none(60_000)
})
