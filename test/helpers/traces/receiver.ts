import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

/** A span as OTLP's JSON has it, with its attributes by name. */
export interface GotSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId: string
  /** 2 internal, 3 server, 4 client less one: as OTLP numbers them. */
  kind: number
  attributes: Record<string, unknown>
  links: { traceId: string; spanId: string }[]
  failed: boolean
}

/** A receiver of OTLP over HTTP on loopback that takes what an OpenTelemetry collector takes. */
export interface TraceReceiver {
  /** Base address: traces are taken at `/v1/traces` below it. */
  url: string
  spans: GotSpan[]
  /** All that came in, as it came in. */
  text: string
  authorization: string | undefined
  close(): Promise<void>
}

interface Attribute {
  key: string
  value: Record<string, unknown>
}
interface RawSpan extends Omit<GotSpan, 'attributes' | 'failed' | 'links'> {
  attributes: Attribute[]
  links?: GotSpan['links']
  status?: { code?: number }
}

export async function startTraceReceiver(): Promise<TraceReceiver> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const whole = Buffer.concat(parts)
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString()
    if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/json') {
      response.writeHead(415).end()
      return
    }
    told.authorization = request.headers.authorization
    told.text += text
    const sent: { resourceSpans: { scopeSpans: { spans: RawSpan[] }[] }[] } = JSON.parse(text)
    for (const { scopeSpans } of sent.resourceSpans)
      for (const { spans } of scopeSpans) told.spans.push(...spans.map(got))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const told: TraceReceiver = {
    url: `http://127.0.0.1:${port}`,
    spans: [],
    text: '',
    authorization: undefined,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return told
}

function got({ name, traceId, spanId, parentSpanId = '', kind, attributes, links = [], status }: RawSpan): GotSpan {
  const values = Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
  return { name, traceId, spanId, parentSpanId, kind, attributes: values, links, failed: status?.code === 2 }
}
