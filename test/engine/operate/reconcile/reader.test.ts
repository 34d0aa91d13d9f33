// That reconcile reads all of a list or says why not: pages, waits that a server asks for, and caps of a policy are gone
// along with; an answer that is no list, or that never ends, is never taken for “nothing happened”.
import { createServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, Server } from '@modelcontextprotocol/server'
import { afterEach, expect, test } from 'vitest'
import { openReader, type Reader } from '../../../../engine/operate/reconcile/reader.ts'

const TOOL = 'get_payments_list'
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

interface Asked {
  page: number
  page_size: number
}
interface Told {
  data?: unknown
  metadata?: { has_next: boolean }
  error?: { code: string; message: string }
  alcada?: { retry_after_s?: number }
}

/** A real MCP server over HTTP that answers each read as it is told to, and the reader before it. */
async function reading(
  answer: (asked: Asked, nth: number) => Told,
  waits: number[] = [],
): Promise<{ reader: Reader; asked: Asked[] }> {
  const asked: Asked[] = []
  const handler = createMcpHandler(() => {
    const server = new Server({ name: 'erp', version: '1' }, { capabilities: { tools: {} } })
    server.setRequestHandler('tools/list', async () => ({
      tools: [
        {
          name: TOOL,
          inputSchema: { type: 'object' as const, properties: { page_size: { type: 'integer', maximum: 8 } } },
        },
      ],
    }))
    server.setRequestHandler('tools/call', async ({ params }) => {
      const { page, page_size } = Object(params.arguments)
      asked.push({ page, page_size })
      const told = answer({ page, page_size }, asked.length)
      const content = [{ type: 'text' as const, text: JSON.stringify(told) }]
      // As our servers do: structured content is of results alone.
      return told.error === undefined ? { content, structuredContent: { ...told } } : { content, isError: true }
    })
    return server
  })
  const node = toNodeHandler(handler)
  const server = createServer((request, response) => void Reflect.apply(node, undefined, [request, response]))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    return closed
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const onWait = (seconds: number): void => void waits.push(seconds)
  const reader = await openReader({ mcp: new URL(`http://127.0.0.1:${port}/mcp`), token: 't', maxWaitS: 5, onWait })
  open.push(() => reader.close())
  return { reader, asked }
}

const all = (reader: Reader): Promise<unknown[]> => Array.fromAsync(reader.list(TOOL, {}))

test('a server that breaks off is said by the read that it did not answer', async () => {
  const { reader } = await reading(({ page }) => {
    if (page === 2) throw new Error('gone')
    return { data: [page], metadata: { has_next: true } }
  })
  await expect(all(reader)).rejects.toMatchObject({
    name: 'ReadError',
    code: 'no_answer',
    message: expect.stringMatching(/^`get_payments_list` is not answered: ./),
  })
})

test('every page is read, in the largest size that the tool takes', async () => {
  const { reader, asked } = await reading(({ page }) => ({ data: [page], metadata: { has_next: page < 3 } }))
  expect(await all(reader)).toEqual([1, 2, 3])
  expect(asked).toEqual([1, 2, 3].map((page) => ({ page, page_size: 8 })))
})

test('a read that is asked to wait is made again when it may be', async () => {
  const waits: number[] = []
  const busy = { error: { code: 'erp_rate_limited', message: 'later' }, alcada: { retry_after_s: 0.01 } }
  const { reader, asked } = await reading((_asked, nth) => (nth < 3 ? busy : { data: ['a'] }), waits)
  expect(await all(reader)).toEqual(['a'])
  expect([asked.length, waits]).toEqual([3, [0.01, 0.01]])
})

test.each([
  ['it should wait longer than anybody would', 3_600, 1],
  ['it is asked to wait each time', 0.01, 5],
])('a read ends with the words of the server where %s', async (_why, retry_after_s, times) => {
  const busy = { error: { code: 'erp_blocked', message: 'left alone' }, alcada: { retry_after_s } }
  const { reader, asked } = await reading(() => busy)
  await expect(all(reader)).rejects.toMatchObject({
    code: 'erp_blocked',
    message: expect.stringContaining('left alone'),
  })
  expect(asked.length).toBe(times)
})

test('where the policy gives out fewer rows at once, fewer are asked for', async () => {
  const above = { error: { code: 'rows_above_cap', message: 'at most 2' } }
  const { reader, asked } = await reading(({ page, page_size }) =>
    page_size > 2 ? above : { data: [page], metadata: { has_next: page < 2 } },
  )
  expect(await all(reader)).toEqual([1, 2])
  expect(asked.map(({ page_size }) => page_size)).toEqual([8, 4, 2, 2])
})

test('a record that is not there is none, and any other refusal is told', async () => {
  const { reader } = await reading((_asked, nth) => ({
    error: nth === 1 ? { code: 'erp_not_found', message: 'none' } : { code: 'erp_server', message: 'broken' },
  }))
  expect(await reader.one(TOOL, {})).toBeNull()
  await expect(reader.one(TOOL, {})).rejects.toMatchObject({ code: 'erp_server' })
})

test.each([
  ['no list', { data: { rows: [] } }, 'no_list'],
  ['nothing', {}, 'no_list'],
  ['an empty page with more behind it', { data: [], metadata: { has_next: true } }, 'no_end'],
])('%s is not taken for an empty list', async (_what, told, code) => {
  const { reader } = await reading(() => told)
  await expect(all(reader)).rejects.toMatchObject({ code })
})
