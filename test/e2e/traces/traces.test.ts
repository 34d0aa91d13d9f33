import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../helpers/alcada/revoke.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { modern, post } from '../../helpers/mcp/post.ts'
import { type GotSpan, startTraceReceiver, type TraceReceiver } from '../../helpers/traces/receiver.ts'

const PAYMENT = { payable_id: '2701001', account_id: '2243121', amount: 89.9, date: '2026-11-25', reference: 'PG-1' }
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const NAMED = `00-${TRACE}-${SPAN}-01`
const SECRET = 'segredo-dos-rastros'
const PERSON = '529.982.247-25'

let receiver: TraceReceiver
let place: string
let line: Line
beforeEach(async () => {
  receiver = await startTraceReceiver()
  place = mkdtempSync(join(tmpdir(), 'alcada-traces-'))
  writeFileSync(join(place, 'token'), SECRET, { mode: 0o600 })
})
afterEach(async () => {
  await line.stop()
  await receiver.close()
  rmSync(place, { recursive: true, force: true })
})

const start = async (url = receiver.url): Promise<void> => {
  line = await openLine({
    erp: 'omie',
    env: { ALCADA_OTLP_URL: url, ALCADA_OTLP_TOKEN_FILE: join(place, 'token') },
    edits: [['erps/omie/erp.yaml', 'request:\n', 'request:\n  traceparent: true\n']],
  })
}

/** `tools/call` as a client sends it: what it names of its trace in the header, or in `_meta`. */
async function call(
  tool: string,
  args: object,
  { header, meta }: { header?: string; meta?: string } = {},
): Promise<unknown> {
  const sent = modern('tools/call', { name: tool, arguments: args })
  const body = JSON.parse(String(sent.body))
  if (meta !== undefined) body.params._meta.traceparent = meta
  const authorization = `Bearer ${line.alcada.token('operator')}`
  const headers = { ...sent.headers, authorization, ...(header === undefined ? {} : { traceparent: header }) }
  const { json } = await post(line.alcada.mcp, { ...sent, headers, body: JSON.stringify(body) })
  return json
}

const named = (name: string): GotSpan[] => receiver.spans.filter((span) => span.name === name)
const received = async (count: number): Promise<void> => until(() => named('request').length >= count)

test('a payment is told of step by step, below the span of its caller, and says nothing that it holds', async () => {
  await start()
  expect(JSON.stringify(await call('create_payment', PAYMENT, { header: NAMED }))).toContain('9000001')
  await call('get_customer_by_document', { document: PERSON })
  await call(`pagar_${PERSON}`, {})
  await received(3)

  const [request] = named('request').filter(({ traceId }) => traceId === TRACE)
  const within = receiver.spans.filter(({ traceId }) => traceId === TRACE)
  expect(request).toMatchObject({ parentSpanId: SPAN, kind: 2 })
  const below = (parent: GotSpan | undefined): string[] =>
    within.filter(({ parentSpanId }) => parentSpanId === parent?.spanId).map(({ name }) => name)
  expect(below(request)).toEqual(['authenticate', 'tools/call'])
  const called = within.find(({ name }) => name === 'tools/call')
  expect(below(called)).toEqual(
    ['resolve', 'decide', 'commit', 'erp', 'confirm'].filter((name) => below(called).includes(name)),
  )
  expect(below(called)).toEqual(expect.arrayContaining(['resolve', 'decide', 'commit', 'erp']))
  expect(below(within.find(({ name }) => name === 'resolve'))).toContain('erp')
  expect(called?.attributes).toEqual({
    'alcada.tool': 'create_payment',
    'alcada.outcome': 'done',
    'alcada.decision': 'allow',
    'alcada.revision': expect.anything(),
    'alcada.entry': line.alcada.ledger().findLast(({ event }) => event.kind === 'closed')?.event.entry,
  })
  const [decided] = within.filter(({ name }) => name === 'decide')
  expect(decided?.attributes).toMatchObject({
    'alcada.tool': 'create_payment',
    'alcada.effect': 'settle',
    'alcada.decision': 'allow',
  })
  expect(within.filter(({ name, kind }) => name === 'erp' && kind !== 3)).toEqual([])

  expect(receiver.authorization).toBe(`Bearer ${SECRET}`)
  const told = receiver.text
  const credentials = Object.values(line.standIn.credentials).flatMap((one) => Object.values(one))
  for (const never of [PERSON, '52998224725', SECRET, '2701001', '89.9', 'PG-1', 'u17', 'agent-1', ...credentials]) {
    expect(told).not.toContain(never)
  }
})

test('a trace that `_meta` names holds the call, beside the request that carried it', async () => {
  await start()
  await call('get_vendors_list', {}, { meta: NAMED })
  await received(1)
  const [called] = named('tools/call')
  expect(called).toMatchObject({ traceId: TRACE, parentSpanId: SPAN })
  expect(called?.links).toMatchObject([{ traceId: named('request')[0]?.traceId, spanId: named('request')[0]?.spanId }])
})

test('what is no name of a trace begins one of its own', async () => {
  await start()
  const wrong = ['00-0-0-01', `00-${'0'.repeat(32)}-${SPAN}-01`, `ff-${TRACE}-${SPAN}-01`, 'x'.repeat(8_000)]
  for (const header of wrong) await call('get_vendors_list', {}, { header })
  await received(wrong.length)
  expect(named('request').map(({ parentSpanId }) => parentSpanId)).toEqual(['', '', '', ''])
  expect(receiver.text).not.toContain(TRACE)
})

test('a receiver that is gone costs no call, and the spans it did not get are counted', async () => {
  await receiver.close()
  await start()
  for (let turn = 0; turn < 5; turn += 1) {
    expect(JSON.stringify(await call('get_vendors_list', {}))).toContain('"data"')
  }
  const dropped = async (): Promise<number> => {
    const text = await (await fetch(new URL('/metrics', line.alcada.ops))).text()
    return Number(/^alcada_spans_dropped_total{[^}]*} (.*)$/m.exec(text)?.[1])
  }
  await until(async () => (await dropped()) >= 5)
})
