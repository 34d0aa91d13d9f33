import { consequenceOf } from '../../engine/contract/call-input.ts'
import type { RunningDeps } from './deps.ts'
import type { ToolRequest } from './request.ts'

/**
 * Calls that read records before they change them wait for each other, from reading before to reading back: a payment
 * is not raised between the look at its amount and its release, of two that are each as much as is open the second
 * finds nothing open, and no change of one is taken for the other's.
 */
export function inRecordTurn<Result>(
  deps: RunningDeps,
  request: ToolRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  // The last name is waited for first, always in the same order: nobody waits for somebody who waits for him.
  return readNames(request).reduce<() => Promise<Result>>(
    (inner, name) => () => deps.inTurn(`record ${request.company} ${name}`, inner),
    work,
  )()
}

/**
 * By kind of record and not by id: an id can be written in several ways, and lists of them overlap. ERPs take one
 * write of a kind at a time anyway (Omie: article 8001888).
 */
function readNames(request: ToolRequest): string[] {
  const { effect } = consequenceOf(request.tool, request.active.config, request.args)
  if (effect === 'read' || effect === 'create') return []
  return [...new Set((request.tool.resolve ?? []).map(({ tool }) => tool))].sort()
}
