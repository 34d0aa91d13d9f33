import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Edge, startEdge } from '../../helpers/mcp/edge.ts'
import { legacy, modern, post } from '../../helpers/mcp/post.ts'

describe('the protocol behind the edge', () => {
  let edge: Edge
  beforeAll(async () => {
    edge = await startEdge()
  })
  beforeEach(() => {
    edge.gate.answerWith = null
    edge.gate.calls.length = 0
    edge.errors.length = 0
  })
  afterAll(() => edge.stop())

  test('an unknown method is 404 and -32601 for a client of 2026', async () => {
    const answer = await post(edge.url, modern('nonsense/list'))
    expect(answer).toMatchObject({ status: 404, json: { id: 1, error: { code: -32601 } } })
  })

  test.each(['resources/list', 'prompts/list', 'logging/setLevel', 'completion/complete'])(
    '%s is not offered',
    async (method) => {
      expect((await post(edge.url, modern(method))).json).toMatchObject({ error: { code: -32601 } })
      expect((await post(edge.url, legacy(method))).json).toMatchObject({ error: { code: -32601 } })
    },
  )

  test('a header that names another method than the body is -32020', async () => {
    const answer = await post(
      edge.url,
      modern('tools/call', { name: 'create_payment' }, { 'mcp-method': 'tools/list' }),
    )
    expect(answer).toMatchObject({ status: 400, json: { error: { code: -32020 } } })
  })

  test('a header that names another tool than the body is -32020, and one in Base64 is decoded before comparing', async () => {
    const params = { name: 'get_payable_list', arguments: {} }
    const wrong = await post(edge.url, modern('tools/call', params, { 'mcp-name': 'create_payment' }))
    expect(wrong).toMatchObject({ status: 400, json: { error: { code: -32020 } } })
    expect(edge.gate.calls).toEqual([])
    const encoded = `=?base64?${Buffer.from('get_payable_list').toString('base64')}?=`
    const right = await post(edge.url, modern('tools/call', params, { 'mcp-name': encoded }))
    expect(right.status).toBe(200)
  })

  test('a version nobody knows is 400 and -32022 with those that are', async () => {
    const sent = modern('tools/list', {}, { 'mcp-protocol-version': '2099-01-01' })
    const answer = await post(edge.url, { ...sent, body: String(sent.body).replace('2026-07-28', '2099-01-01') })
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2099-01-01' } } },
    })
  })

  test('a list filtered by caller is private and stale at once', async () => {
    const { json } = await post(edge.url, modern('tools/list'))
    expect(json).toMatchObject({ result: { resultType: 'complete', ttlMs: 0, cacheScope: 'private' } })
  })

  test('a hidden tool and one that does not exist are answered with the same words', async () => {
    const hidden = await post(edge.url, as('viewer', 'create_payment'))
    const absent = await post(edge.url, as('viewer', 'delete_payment'))
    expect(hidden.status).toBe(absent.status)
    expect(hidden.json).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32602, message: 'unknown tool `create_payment`' },
    })
    expect(absent.text).toBe(hidden.text.replace('create_payment', 'delete_payment'))
  })

  test('arguments arrive as they were sent, with the caller, and none at all is an empty object', async () => {
    await post(edge.url, modern('tools/call', { name: 'get_payable_list', arguments: { page: 2, note: 'São João ∑' } }))
    await post(edge.url, legacy('tools/call', { name: 'get_payable_list' }))
    expect(edge.gate.calls).toMatchObject([
      {
        tool: 'get_payable_list',
        args: { page: 2, note: 'São João ∑' },
        dryRun: false,
        identity: { caller: { person: 'u17' } },
      },
      { tool: 'get_payable_list', args: {}, dryRun: false },
    ])
    const [first, second] = edge.gate.calls
    expect(first?.requestId).not.toBe(second?.requestId)
  })

  test('a dry run is asked for in `_meta` by true and nothing like it', async () => {
    for (const wish of [true, 'true', 1]) {
      await post(edge.url, legacy('tools/call', { name: 'get_payable_list', _meta: { 'alcada/dry_run': wish } }))
    }
    expect(edge.gate.calls.map(({ dryRun }) => dryRun)).toEqual([true, false, false])
  })

  test.each(['a text', ['a', 'list'], 5])('arguments that are %j are refused by the protocol', async (args) => {
    const answer = await post(edge.url, modern('tools/call', { name: 'get_payable_list', arguments: args }))
    expect(answer.json).toMatchObject({ error: { code: -32602 } })
    expect(edge.gate.calls).toEqual([])
  })

  test('what goes wrong inside is told to us, and to the client only that something did', async () => {
    edge.gate.answerWith = async () => {
      throw new Error('password=hunter2 at /var/lib/ledger')
    }
    for (const era of [modern, legacy]) {
      const answer = await post(edge.url, era('tools/call', { name: 'get_payable_list' }))
      expect(answer.json).toMatchObject({
        error: { code: -32603, message: 'the server could not answer this request' },
      })
      expect(answer.text).not.toContain('hunter2')
    }
    expect(edge.errors).toEqual(['password=hunter2 at /var/lib/ledger', 'password=hunter2 at /var/lib/ledger'])
  })

  test('a client that goes away aborts its call', async () => {
    const aborted = new Promise<boolean>((resolve) => {
      edge.gate.answerWith = (call) =>
        new Promise(() => {
          call.signal?.addEventListener('abort', () => resolve(true))
          leave.abort()
        })
    })
    const leave = new AbortController()
    const { headers, body } = modern('tools/call', { name: 'get_payable_list' })
    const all = {
      authorization: 'Bearer operator',
      'content-type': 'application/json',
      ...headers,
      accept: 'application/json, text/event-stream',
    }
    const call = fetch(edge.url, { method: 'POST', headers: all, body: String(body), signal: leave.signal })
    await expect(call).rejects.toThrow('aborted')
    expect(await aborted).toBe(true)
  })

  test('a client hears of progress when it asked to, with its own token, and a call that nobody listens to has no ear', async () => {
    edge.gate.answerWith = async (call) => {
      call.onProgress?.({ progress: 1, total: 2 })
      return { kind: 'unknown_tool', tool: call.tool, entry: null }
    }
    const params = { name: 'get_payable_list', arguments: {} }
    const asked = modern('tools/call', params)
    const body = String(asked.body).replace('"_meta":{', '"_meta":{"progressToken":"p-1",')
    const told = await post(edge.url, { ...asked, body })
    expect(told.headers['content-type']).toBe('text/event-stream')
    expect(told.json).toMatchObject({
      method: 'notifications/progress',
      params: { progressToken: 'p-1', progress: 1, total: 2 },
    })
    await post(edge.url, modern('tools/call', params))
    expect(edge.gate.calls.map(({ onProgress }) => typeof onProgress)).toEqual(['function', 'undefined'])
  })

  function as(role: string, name: string) {
    return modern('tools/call', { name, arguments: {} }, { authorization: `Bearer ${role}` })
  }
})
