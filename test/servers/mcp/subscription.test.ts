import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect2026 } from '../../helpers/mcp/clients.ts'
import { type Edge, startEdge } from '../../helpers/mcp/edge.ts'

describe('a change of the policy', () => {
  let edge: Edge
  beforeAll(async () => {
    edge = await startEdge()
  })
  afterAll(() => edge.stop())

  test('reaches every client that listens, and none that asked for something else', async () => {
    const listening = await Promise.all([heard(true), heard(true)])
    const deaf = await heard(false)
    edge.toolsChanged()
    await Promise.all(listening.map(({ first }) => first))
    edge.toolsChanged()
    await Promise.all(listening.map(({ second }) => second))
    expect(listening.map(({ count }) => count())).toEqual([2, 2])
    expect(deaf.count()).toBe(0)
    await Promise.all([...listening, deaf].map(({ close }) => close()))
  })

  test('ends nothing: a client that listens may call meanwhile', async () => {
    const client = await connect2026(edge.url, 'viewer')
    const subscription = await client.listen({ toolsListChanged: true })
    edge.toolsChanged()
    const result = await client.callTool({ name: 'get_payable_list', arguments: {} })
    expect(result.isError ?? false).toBe(false)
    await subscription.close()
    await client.close()
  })

  test('needs a token to be heard of', async () => {
    await expect(connect2026(edge.url, 'nobody')).rejects.toThrow()
  })

  test('the edge that closes tells its listeners so', async () => {
    const other = await startEdge()
    const client = await connect2026(other.url, 'viewer')
    const subscription = await client.listen({ toolsListChanged: true })
    await other.stop()
    expect(await subscription.closed).toBe('graceful')
    await client.close()
  })

  async function heard(toolsListChanged: boolean) {
    const client = await connect2026(edge.url, 'viewer')
    const waiting: (() => void)[] = []
    let count = 0
    const first = new Promise<void>((resolve) => waiting.push(resolve))
    const second = new Promise<void>((resolve) => waiting.push(resolve))
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      waiting[count]?.()
      count += 1
    })
    const subscription = await client.listen({ toolsListChanged })
    const close = async (): Promise<void> => {
      await subscription.close()
      await client.close()
    }
    return { first, second, count: () => count, close }
  }
})
