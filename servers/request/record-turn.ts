import { consequenceOf } from '../../engine/contract/call-input.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import type { RecordChange } from '../state/record-changes.ts'
import type { RunningDeps } from './deps.ts'
import { after, Refused } from './refused.ts'
import { aborted, type ToolRequest } from './request.ts'

/**
 * Calls that read records before they change them wait for each other, from reading before to reading back: a payment
 * is not raised between the look at its amount and its release, of two that are each as much as is open the second
 * finds nothing open, and no change of one is taken for the other's. This is for the calls of one process; between
 * replicas the commit holds it, record by record: state/record-changes.ts.
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
  if (!changesRecords(request)) return []
  return [...new Set((request.tool.resolve ?? []).map(({ tool }) => tool))].sort()
}

/** Whether the call changes what it read; what it creates was not there. */
export function changesRecords({ tool, active, args }: ToolRequest): boolean {
  const { effect } = consequenceOf(tool, active.config, args)
  return effect !== 'read' && effect !== 'create'
}

/** Names a record by the id that the ERP itself gives it; all of a kind by one name where it gives none. */
export function recordScope(company: string, tool: string, record: unknown): string {
  const id = readPointer(record, '/id')
  return JSON.stringify(['record', company, tool, typeof id === 'string' ? id : null])
}

/** Waits for a call on the same record at another replica. Throws Refused record_busy when the time is up. */
export async function othersTurn(
  deps: RunningDeps,
  { deadline }: ToolRequest,
  { entry, running }: RecordChange,
): Promise<void> {
  if (running) await Promise.race([deps.state.ended(entry), aborted(deadline.orGone)])
  if (!deadline.orGone.aborted) return
  throw new Refused('record_busy', `another call on the same record is still running: entry \`${entry}\``, {
    retry: after(2),
  })
}
