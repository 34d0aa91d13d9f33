import { randomUUID } from 'node:crypto'
import {
  type CallToolResult,
  isCallToolResult,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { ToolResult } from '../../engine/contract/result.ts'
import type { CallAnswer, IncomingCall } from '../request/call.ts'
import { type Identity, type McpGate, Unauthenticated } from './gate.ts'

/** Key of `_meta` that asks for the decision only: nothing is done. */
const DRY_RUN = 'alcada/dry_run'

export interface ProtocolOptions {
  /**
   * Who calls: on HTTP it was verified before the SDK saw the request; on stdio the token is verified again at every
   * call. Throws Unauthenticated.
   */
  identify: (context: ServerContext) => Promise<Identity>
  /** Told of what went wrong inside; the client only hears that something did. */
  onError?: (error: Error) => void
}

/** One protocol server for one exchange, or for one connection on stdio. */
export function protocolServer(gate: McpGate, era: McpRequestContext['era'], options: ProtocolOptions): Server {
  const { identify } = options
  const server = new Server(
    { name: `alcada-${gate.erp}`, version: gate.version },
    { capabilities: { tools: { listChanged: true } }, instructions: INSTRUCTIONS },
  )
  server.setRequestHandler('tools/list', async (_request, context) =>
    answered(options, async () => {
      const listed = await gate.list(await identify(context))
      return { tools: listed.map((tool) => ({ ...tool })) }
    }),
  )
  server.setRequestHandler('tools/call', async (request, context) =>
    answered(options, async () => {
      const answer = await gate.call({
        identity: await identify(context),
        tool: request.params.name,
        args: request.params.arguments ?? {},
        dryRun: request.params._meta?.[DRY_RUN] === true,
        requestId: randomUUID(),
        signal: context.mcpReq.signal,
        ...traceOf(request.params._meta?.['traceparent']),
        ...progressTo(context),
      })
      return toResult(answer, era)
    }),
  )
  return server
}

const INSTRUCTIONS =
  'Every call is decided by policy. A refusal says in `error.code` why, and in `alcada.retry` whether to repeat the call: never, after some seconds, or when a person has approved it.'

/** The SDK tells the client the message of whatever a handler throws: only messages meant for it get that far. */
async function answered<T>(options: ProtocolOptions, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    if (error instanceof Unauthenticated) throw new ProtocolError(ProtocolErrorCode.InvalidRequest, error.message)
    options.onError?.(error instanceof Error ? error : new Error(String(error)))
    throw new ProtocolError(ProtocolErrorCode.InternalError, 'the server could not answer this request')
  }
}

function traceOf(traceparent: unknown): Pick<IncomingCall, 'traceparent'> {
  return typeof traceparent === 'string' ? { traceparent } : {}
}

/** A client that wants to hear of progress says so with a token of its own. */
function progressTo({ mcpReq }: ServerContext): Pick<IncomingCall, 'onProgress'> {
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken === undefined) return {}
  return {
    onProgress: (told) => {
      const params = { progressToken, ...told }
      // A client that has gone hears nothing, and the call goes on.
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined)
    },
  }
}

function toResult(answer: CallAnswer, era: McpRequestContext['era']): CallToolResult {
  switch (answer.kind) {
    case 'unknown_tool':
      // The same words for a tool that is hidden and one that does not exist.
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `unknown tool \`${answer.tool}\``)
    case 'refusal':
      return {
        isError: true,
        content: [textOf(answer.refusal)],
        // The 2025 clients check structured content against the output schema even where isError is set.
        ...(era === 'modern' ? { structuredContent: { ...answer.refusal } } : {}),
      }
    case 'decision': {
      const told = dryRun(answer)
      // Nothing was done, so there is no result in the shape of the output schema: only an error may leave it out
      // (MCP 2025-11-25, tools, output schema).
      return { isError: true, content: [textOf(told)], ...(era === 'modern' ? { structuredContent: told } : {}) }
    }
    case 'result':
      return answer.content === undefined ? universal(answer.result) : upstream(answer.result, answer.content)
  }
}

function textOf(value: unknown): { type: 'text'; text: string } {
  return { type: 'text', text: JSON.stringify(value) }
}

function dryRun({ decision, entry, revision }: Extract<CallAnswer, { kind: 'decision' }>): Record<string, unknown> {
  return { dry_run: decision, alcada: { entry, revision } }
}

function universal(result: ToolResult): CallToolResult {
  return { content: [textOf(result)], structuredContent: { ...result } }
}

/** Of `kind: mcp`: the upstream's own blocks, and what alcada has to say beside them. */
function upstream(result: ToolResult, content: readonly unknown[]): CallToolResult {
  const answer = { content, structuredContent: { ...result } }
  return isCallToolResult(answer) ? answer : universal(result)
}
