import { readFile } from 'node:fs/promises'
import type { Span, SpanOptions } from '@opentelemetry/api'
import type { StepFacts, Trace } from '../request/trace.ts'

export interface TracesOptions {
  /** Base address of the receiver; traces go to `<url>/v1/traces`. */
  url: string
  /** Holds the bearer token for it. null: none is sent. */
  tokenFile: string | null
  erp: string
  replica: string
  version: string
}

/** What becomes of calls, as spans sent by OTLP over HTTP. */
export interface Traces extends Trace {
  /** A request as it came in, or a call named by `_meta`; below the caller's own span where it names one. */
  root<T>(
    name: string,
    traceparent: string | undefined,
    work: (tell: (facts: StepFacts) => void) => Promise<T>,
  ): Promise<T>
  /** Spans that nobody got. */
  dropped(): number
  stop(): Promise<void>
}

/** Spans that may wait to be sent; more are dropped, and calls go on. */
const MAX_WAITING = 2_048
const SEND_EVERY_MS = 1_000
const TIMEOUT_MS = 5_000
/** For what is left when a server ends. */
const GRACE_MS = 2_000

/** Loads OpenTelemetry: only where somebody wants traces. A receiver that is gone costs spans, and no call waits for it. */
export async function openTraces({ url, tokenFile, erp, replica, version }: TracesOptions): Promise<Traces> {
  const [api, sdk, { OTLPTraceExporter }, { AsyncLocalStorageContextManager }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/resources'),
    ])
  const { context, SpanKind, SpanStatusCode, trace, TraceFlags } = api
  const headers = tokenFile === null ? {} : { authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` }
  const exporter = new OTLPTraceExporter({
    url: `${url.replace(/\/$/, '')}/v1/traces`,
    headers,
    timeoutMillis: TIMEOUT_MS,
  })
  const send = exporter.export.bind(exporter)
  let waiting = 0
  let dropped = 0
  exporter.export = (spans, done) =>
    send(spans, (result) => {
      waiting -= spans.length
      if (result.code !== 0) dropped += spans.length
      done(result)
    })
  const batch = new sdk.BatchSpanProcessor(exporter, {
    maxQueueSize: MAX_WAITING,
    scheduledDelayMillis: SEND_EVERY_MS,
    exportTimeoutMillis: TIMEOUT_MS,
  })
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': `alcada-${erp}`,
      'service.version': version,
      ...(replica === '' ? {} : { 'service.instance.id': replica }),
    }),
    spanProcessors: [
      {
        onStart: (span, parent) => batch.onStart(span, parent),
        onEnd(span) {
          // Counted here, for the queue drops without a word.
          if (waiting >= MAX_WAITING) {
            dropped += 1
            return
          }
          waiting += 1
          batch.onEnd(span)
        },
        forceFlush: () => batch.forceFlush(),
        shutdown: () => batch.shutdown(),
      },
    ],
  })
  const manager = new AsyncLocalStorageContextManager().enable()
  context.setGlobalContextManager(manager)
  const tracer = provider.getTracer('alcada', version)

  async function run<T>(
    name: string,
    options: SpanOptions,
    parent: ReturnType<typeof context.active>,
    work: (tell: (facts: StepFacts) => void) => Promise<T>,
  ): Promise<T> {
    const span = tracer.startSpan(name, options, parent)
    try {
      return await context.with(trace.setSpan(parent, span), () => work((facts) => tellOf(span, facts)))
    } catch (error) {
      // The message may repeat anything; a code is one of ours.
      span.setStatus({ code: SpanStatusCode.ERROR })
      tellOf(span, { code: codeOf(error) })
      throw error
    } finally {
      span.end()
    }
  }

  return {
    step: (name, work) =>
      run(name, { kind: name === 'erp' ? SpanKind.CLIENT : SpanKind.INTERNAL }, context.active(), work),
    root(name, traceparent, work) {
      const here = context.active()
      const from = remote(traceparent)
      const within = trace.getSpanContext(here)
      // A call of `_meta` belongs to its own trace; the request that carried it stands beside.
      const links = from !== null && within !== undefined ? [{ context: within }] : []
      const parent = from === null ? here : trace.setSpanContext(here, from)
      return run(name, { kind: SpanKind.SERVER, links }, parent, work)
    },
    traceparent() {
      const now = trace.getSpanContext(context.active())
      if (now === undefined) return null
      return `00-${now.traceId}-${now.spanId}-${now.traceFlags & TraceFlags.SAMPLED ? '01' : '00'}`
    },
    dropped: () => dropped,
    async stop() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, GRACE_MS).unref())
      await Promise.race([provider.shutdown().catch(() => undefined), late])
      context.disable()
    },
  }
}

/** The caller's span (W3C Trace Context 3.2); null for what is none. Its state and baggage are not read: they may say anything. */
function remote(traceparent: string | undefined): {
  traceId: string
  spanId: string
  traceFlags: number
  isRemote: true
} | null {
  const [, traceId = '', spanId = '', flags = ''] =
    /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(traceparent ?? '') ??
    []
  return traceId === '' ? null : { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}

function tellOf(span: Span, facts: StepFacts): void {
  for (const [name, value] of Object.entries(facts)) {
    if (value !== undefined && value !== null) span.setAttribute(`alcada.${name}`, value)
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' && /^[A-Za-z_]{1,60}$/.test(code) ? code : 'internal_error'
}
