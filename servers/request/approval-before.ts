import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { lookUp } from './look-up.ts'
import type { ToolRequest } from './request.ts'
import { toolNamed } from './visible.ts'

/**
 * The record that a call changes, as it stands now: approvers see before and after. Null where there is none, or it
 * cannot be had: the call itself is not judged by it.
 * @throws LedgerError
 */
export async function recordBefore(deps: RunningDeps, request: ToolRequest, resolved: Resolved): Promise<unknown> {
  const { tool, args, active } = request
  const read = `get_${tool.entity}_by_id`
  const id = args['id']
  if (tool.effect === 'create' || typeof id !== 'string' || toolNamed(active, read) === undefined) return null
  const found = await lookUp(deps, request, { purpose: 'resolve', tool: read, args: { id }, resolved })
  return found.kind === 'found' ? found.data : null
}
