import { readPointer } from '../../engine/contract/pointer.ts'
import { callErp } from './call-erp.ts'
import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { after, Refused } from './refused.ts'
import type { ToolRequest } from './request.ts'
import { sawBank } from './saw-bank.ts'
import { toolNamed } from './visible.ts'

export interface LookUp {
  purpose: 'resolve' | 'confirm'
  tool: string
  args: Record<string, unknown>
  resolved: Resolved
  maxAgeS?: number
}

export type LookedUp =
  | { kind: 'found'; data: unknown; entry: string; ageS: number }
  /** The code of what went wrong; `empty` when there was nothing. */
  | { kind: 'not_found'; code: string; retryAfterS?: number }

/**
 * A read of the server's own, with its credentials and its own entry in the ledger.
 * @throws LedgerError; Refused ledger_unavailable
 */
export async function lookUp(deps: RunningDeps, request: ToolRequest, look: LookUp): Promise<LookedUp> {
  const tool = toolNamed(request.active, look.tool)
  if (tool === undefined || tool.effect !== 'read') return { kind: 'not_found', code: 'tool_unknown' }
  const args = structuredClone(look.args)
  // What comes out of a record is no more to be trusted than what an agent says.
  if (!deps.schemas(tool).input(args)) return { kind: 'not_found', code: 'arguments_invalid' }

  const { purpose, resolved, maxAgeS } = look
  const startedMs = deps.now()
  const { revision, digest } = request.active
  const opened = await deps.state.open({
    request: request.id,
    revision,
    bundle: digest,
    purpose,
    tool: tool.name,
    company: request.company,
    args,
    input: null,
    decision: null,
  })
  if (opened.kind !== 'opened') throw new Refused('ledger_unavailable', 'the ledger took no entry', { retry: after() })
  const asked = await callErp(deps, request, { tool, args, resolved, ...(maxAgeS === undefined ? {} : { maxAgeS }) })
  const outcome =
    asked.kind === 'done'
      ? { kind: 'done' as const, result: null }
      : { kind: 'failed' as const, code: asked.error.kind }
  await deps.state.close(opened.entry, {
    outcome,
    took_ms: deps.now() - startedMs,
    rows: 0,
    age_s: asked.kind === 'done' ? asked.ageS : 0,
  })
  if (asked.kind === 'done') {
    await sawBank(deps, request.company, tool, asked.data)
    return isEmpty(asked.data)
      ? { kind: 'not_found', code: 'empty' }
      : { kind: 'found', data: asked.data, entry: opened.entry, ageS: asked.ageS }
  }
  const { kind: code, retryAfterS } = asked.error
  return { kind: 'not_found', code, ...(retryAfterS === undefined ? {} : { retryAfterS }) }
}

/** A read's arguments out of {args, resolved, answer, each}; the pointers where nothing stands. */
export function argumentsFrom(
  map: Readonly<Record<string, string>>,
  document: object,
): { args: Record<string, unknown>; missing: string[] } {
  const found = Object.entries(map).map(([name, pointer]) => ({ name, pointer, value: readPointer(document, pointer) }))
  const missing = found.filter(({ value }) => value === undefined || value === null).map(({ pointer }) => pointer)
  return { args: Object.fromEntries(found.map(({ name, value }) => [name, value])), missing }
}

function isEmpty(data: unknown): boolean {
  return data === null || data === undefined || (Array.isArray(data) && data.length === 0)
}
