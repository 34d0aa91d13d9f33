import type { IncomingMessage } from 'node:http'
import type { McpGate } from '../mcp/gate.ts'
import { openTraces } from '../ops/traces.ts'
import type { CallEvent } from '../request/call.ts'
import { type StepFacts, type Trace, UNTRACED } from '../request/trace.ts'
import { address, type Environment } from './setting.ts'

export interface TraceSettings {
  /** Base address of a receiver of OTLP over HTTP. Default null: no traces, and nothing is loaded for them. */
  url: string | null
  /** Holds the bearer token for it. */
  tokenFile: string | null
}

export function traceSettings(env: Environment): TraceSettings {
  return { url: address(env, 'ALCADA_OTLP_URL'), tokenFile: env['ALCADA_OTLP_TOKEN_FILE'] ?? null }
}

/** Follows each request from its arrival to its answer. */
export interface Tracing extends Trace {
  request(request: IncomingMessage, answer: () => Promise<void>): Promise<void>
  gate(gate: McpGate): McpGate
  /** What became of the call that ends now. */
  called(event: CallEvent): void
  /** Spans that nobody got; null where there are none. */
  dropped(): number | null
  stop(): Promise<void>
}

const NOBODY: Tracing = {
  ...UNTRACED,
  request: (_request, answer) => answer(),
  gate: (gate) => gate,
  called: () => undefined,
  dropped: () => null,
  stop: async () => undefined,
}

export async function startTracing(
  { erp, replica, traces: settings }: { erp: string; replica: string; traces: TraceSettings },
  version: string,
  isTool: (name: string) => boolean,
): Promise<Tracing> {
  if (settings.url === null) return NOBODY
  const traces = await openTraces({ erp, replica, version, url: settings.url, tokenFile: settings.tokenFile })
  /** Of calls under way, by request. */
  const calls = new Map<string, (facts: StepFacts) => void>()
  return {
    ...traces,
    request: ({ headers }, answer) => traces.root('request', [headers['traceparent']].flat()[0], answer),
    gate: (gate) => ({
      ...gate,
      authenticate: (authorization, source) =>
        traces.step('authenticate', () => gate.authenticate(authorization, source)),
      call: (incoming) =>
        traces.root('tools/call', incoming.traceparent, async (tell) => {
          calls.set(incoming.requestId, tell)
          try {
            return await gate.call(incoming)
          } finally {
            calls.delete(incoming.requestId)
          }
        }),
    }),
    called({ request, tool, outcome, code, decision, revision, entry }) {
      calls.get(request)?.({
        // A name that is no tool is the caller's text.
        tool: isTool(tool) ? tool : '',
        outcome,
        ...(code === null ? {} : { code }),
        ...(decision === null ? {} : { decision }),
        ...(revision === null ? {} : { revision }),
        ...(entry === null ? {} : { entry }),
      })
    },
    dropped: traces.dropped,
  }
}
