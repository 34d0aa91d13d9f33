import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect2025, connect2026 } from '../../helpers/mcp/clients.ts'
import { type Edge, startEdge } from '../../helpers/mcp/edge.ts'
import { resultOf } from '../../helpers/mcp/gate.ts'

const REFUSAL = {
  error: { code: 'amount_above_alcada', message: 'expected at most 1000.00 BRL' },
  alcada: { entry: 'e-1', retry: 'when_approved', approval: { count: 1, roles: ['approver'] } },
}

describe('answers, as the clients of both eras get them from one address', () => {
  let edge: Edge
  beforeAll(async () => {
    edge = await startEdge()
  })
  beforeEach(() => {
    edge.gate.answerWith = null
  })
  afterAll(() => edge.stop())

  test('the list differs by role', async () => {
    for (const connect of [connect2025, connect2026]) {
      const operator = await connect(edge.url, 'operator')
      const viewer = await connect(edge.url, 'viewer')
      expect((await operator.listTools()).tools.map(({ name }) => name)).toEqual(['create_payment', 'get_payable_list'])
      expect((await viewer.listTools()).tools.map(({ name }) => name)).toEqual(['get_payable_list'])
      await Promise.all([operator.close(), viewer.close()])
    }
  })

  test('each era is spoken as what it is', async () => {
    const newest = await connect2026(edge.url, 'viewer')
    expect(newest.getNegotiatedProtocolVersion()).toBe('2026-07-28')
    expect(newest.getServerVersion()?.name).toBe('alcada-omie')
    const todays = await connect2025(edge.url, 'viewer')
    expect(todays.getServerVersion()?.name).toBe('alcada-omie')
    expect(todays.getServerCapabilities()).toEqual({ tools: { listChanged: true } })
    await Promise.all([newest.close(), todays.close()])
  })

  test('a caller nobody knows cannot connect', async () => {
    await expect(connect2025(edge.url, 'nobody')).rejects.toThrow()
    await expect(connect2026(edge.url, 'nobody')).rejects.toThrow()
  })

  // Both clients check structured content against the tool's output schema once they have listed it.
  test('a result is structured, and its text says the same', async () => {
    for (const connect of [connect2025, connect2026]) {
      const client = await connect(edge.url, 'viewer')
      await client.listTools()
      const result = await client.callTool({ name: 'get_payable_list', arguments: { page: 2 } })
      const told = {
        data: { received: { page: 2 } },
        metadata: { platform: 'omie', total_count: null, page: null, page_size: null, has_next: false },
        alcada: { entry: 'e-1', revision: 7, masked: [] },
      }
      expect(result.structuredContent).toEqual(told)
      expect(JSON.parse(textOf(result.content))).toEqual(told)
      expect(result.isError ?? false).toBe(false)
      await client.close()
    }
  })

  test('a refusal is an error in text for today’s clients, which would hold its structure against the output schema', async () => {
    const client = await connect2025(edge.url, 'operator')
    await client.listTools()
    const result = await client.callTool({ name: 'create_payment', arguments: {} })
    expect(result.isError).toBe(true)
    expect(result.structuredContent).toBeUndefined()
    expect(JSON.parse(textOf(result.content))).toEqual(REFUSAL)
    await client.close()
  })

  test('a refusal is an error in text and structure for clients of 2026', async () => {
    const client = await connect2026(edge.url, 'operator')
    await client.listTools()
    const result = await client.callTool({ name: 'create_payment', arguments: {} })
    expect(result.isError).toBe(true)
    expect(result.structuredContent).toEqual(REFUSAL)
    expect(JSON.parse(textOf(result.content))).toEqual(REFUSAL)
    await client.close()
  })

  test('a dry run tells the decision and is no result of the tool', async () => {
    const decision = {
      effect: 'allow',
      reasons: [],
      approval: null,
      mask: [],
      permission: 'read',
      granted: true,
    } as const
    edge.gate.answerWith = async () => ({
      kind: 'decision',
      decision: { ...decision, reasons: [], mask: [] },
      entry: 'e-2',
      revision: 7,
    })
    for (const connect of [connect2025, connect2026]) {
      const client = await connect(edge.url, 'viewer')
      await client.listTools()
      const result = await client.callTool({
        name: 'get_payable_list',
        arguments: {},
        _meta: { 'alcada/dry_run': true },
      })
      expect(JSON.parse(textOf(result.content))).toEqual({ dry_run: decision, alcada: { entry: 'e-2', revision: 7 } })
      await client.close()
    }
  })

  test('the blocks of an upstream go out as they are; what are no content blocks never does', async () => {
    const client = await connect2026(edge.url, 'viewer')
    const blocks = [
      { type: 'text', text: 'from upstream' },
      { type: 'image', data: 'aGVsbG8=', mimeType: 'image/png' },
    ]
    edge.gate.answerWith = async () => ({ ...done(), content: blocks })
    expect((await client.callTool({ name: 'get_payable_list' })).content).toEqual(blocks)
    edge.gate.answerWith = async () => ({ ...done(), content: [{ type: 'script', code: 'x' }] })
    const { content } = await client.callTool({ name: 'get_payable_list' })
    expect(JSON.parse(textOf(content))).toMatchObject({ alcada: { entry: 'e-1' } })
    await client.close()
  })
})

function done(): Extract<ReturnType<typeof resultOf>, { kind: 'result' }> {
  const answer = resultOf({})
  if (answer.kind !== 'result') throw new Error('expected a result')
  return answer
}

function textOf(content: unknown): string {
  const [block]: unknown[] = Array.isArray(content) ? content : []
  const text = typeof block === 'object' && block !== null && 'text' in block ? block.text : ''
  return String(text)
}
