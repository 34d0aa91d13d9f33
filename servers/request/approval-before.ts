import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { lookUp } from './look-up.ts'
import type { ToolRequest } from './request.ts'
import { toolNamed } from './visible.ts'

/** What approvers see beside the arguments. The call itself is not judged by it: what cannot be had is left out. */
export interface Shown {
  /** The record that the call changes, as it stands now; null where there is none. */
  before: unknown
  /** The records that were read before deciding, and the party they only name by a code. */
  resolved: Record<string, unknown>
}

/** Throws LedgerError. */
export async function recordsToShow(deps: RunningDeps, request: ToolRequest, resolved: Resolved): Promise<Shown> {
  const { tool, args } = request
  const before = tool.effect === 'create' ? null : await recordOf(deps, request, resolved, tool.entity, args['id'])
  const records = [args, ...Object.values(resolved)]
  for (const party of ['vendor', 'customer'] as const) {
    const id = records.map((record) => valueAt(record, `${party}_id`)).find((value) => value !== undefined)
    const named = records.some((record) => typeof valueAt(record, `${party}_name`) === 'string')
    const found = id === undefined || named ? null : await recordOf(deps, request, resolved, party, id)
    const name = valueAt(found, 'name')
    if (typeof name === 'string')
      return { before, resolved: { ...resolved, [party]: { name, document: valueAt(found, 'document') } } }
  }
  return { before, resolved: { ...resolved } }
}

async function recordOf(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
  entity: string,
  id: unknown,
): Promise<unknown> {
  const tool = `get_${entity}_by_id`
  if (typeof id !== 'string' || toolNamed(request.active, tool) === undefined) return null
  const found = await lookUp(deps, request, { purpose: 'resolve', tool, args: { id }, resolved })
  return found.kind === 'found' ? found.data : null
}

function valueAt(record: unknown, name: string): unknown {
  return typeof record === 'object' && record !== null && Object.hasOwn(record, name)
    ? Reflect.get(record, name)
    : undefined
}
