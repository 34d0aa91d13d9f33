import { randomUUID } from 'node:crypto'
import {
  type CallToolResult,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { CallAnswer } from '../request/call.ts'
import type { Identity, McpGate } from './gate.ts'

/** Key of `_meta` that asks for the decision only: nothing is done. */
const DRY_RUN = 'alcada/dry_run'

/**
 * One protocol server for one exchange. `identify` tells who calls: on HTTP it was verified before the SDK saw the
 * request; on stdio the token is verified again at every call.
 */
export function protocolServer(
  gate: McpGate,
  era: McpRequestContext['era'],
  identify: (context: ServerContext) => Promise<Identity>,
): Server {
  const server = new Server(
    { name: `alcada-${gate.erp}`, version: gate.version },
    { capabilities: { tools: { listChanged: true } }, instructions: INSTRUCTIONS },
  )
  server.setRequestHandler('tools/list', async (_request, context) => {
    const listed = await gate.list(await identify(context))
    return { tools: listed.map((tool) => ({ ...tool })) }
  })
  server.setRequestHandler('tools/call', async (request, context) => {
    const answer = await gate.call({
      identity: await identify(context),
      tool: request.params.name,
      args: request.params.arguments ?? {},
      dryRun: request.params._meta?.[DRY_RUN] === true,
      requestId: randomUUID(),
      signal: context.mcpReq.signal,
    })
    return toResult(answer, request.params.name, era)
  })
  return server
}

const INSTRUCTIONS =
  'Every call is decided by policy. A refusal says in `error.code` why, and in `alcada.retry` whether to repeat the call: never, after some seconds, or when a person has approved it.'

function toResult(answer: CallAnswer, tool: string, era: McpRequestContext['era']): CallToolResult {
  switch (answer.kind) {
    case 'unknown_tool':
      // The same words for a tool that is hidden and one that does not exist.
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `unknown tool \`${tool}\``)
    case 'refusal':
      return {
        isError: true,
        content: [{ type: 'text', text: JSON.stringify(answer.refusal) }],
        // The 2025 clients check structured content against the output schema even where isError is set.
        ...(era === 'modern' ? { structuredContent: { ...answer.refusal } } : {}),
      }
    case 'result':
      return (
        answer.content ?? {
          content: [{ type: 'text', text: JSON.stringify(answer.result) }],
          structuredContent: { ...answer.result },
        }
      )
  }
}
