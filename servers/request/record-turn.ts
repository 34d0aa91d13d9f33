import { consequenceOf } from '../../engine/contract/call-input.ts'
import type { RunningDeps } from './deps.ts'
import { argumentsFrom } from './look-up.ts'
import type { ToolRequest } from './request.ts'

/**
 * Calls that change the same record wait for each other, from reading it before to reading it back: of two payments
 * that are each as much as is open, the second finds nothing open, and no change of one is taken for the other's.
 */
export function inRecordTurn<Result>(
  deps: RunningDeps,
  request: ToolRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  const key = recordKey(request)
  return key === null ? work() : deps.inTurn(key, work)
}

/** Null where nothing is changed, or nothing read before it. */
function recordKey(request: ToolRequest): string | null {
  const { tool, company, args } = request
  const { effect } = consequenceOf(request.tool, request.active.config, request.args)
  if (tool.resolve === undefined || effect === 'read' || effect === 'create') return null
  // Lists may overlap: calls that name several records wait for all others of their kind.
  const records = tool.resolve.map(({ tool: read, args: map, each }) =>
    each === undefined ? [read, argumentsFrom(map, { args }).args] : [read],
  )
  return `record ${JSON.stringify([company, records])}`
}
