import { readPointer } from '../../engine/contract/pointer.ts'
import type { ResolveStep } from '../../engine/contract/tool.ts'
import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { argumentsFrom, lookUp } from './look-up.ts'
import { after, Refused } from './refused.ts'
import type { ToolRequest } from './request.ts'

/**
 * Reads the records the call names, before it is decided: what an agent claims of them counts for nothing.
 * @throws Refused resolve_failed, record_state; LedgerError
 */
export async function resolve(deps: RunningDeps, request: ToolRequest): Promise<Resolved> {
  let resolved: Resolved = {}
  for (const step of request.tool.resolve ?? []) {
    const read = await runStep(deps, request, resolved, step)
    if (read !== undefined) resolved = { ...resolved, [step.as]: read }
  }
  return resolved
}

/** The record, or the list of an `each` step; undefined where the optional argument that names it was left out. */
async function runStep(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
  step: ResolveStep,
): Promise<unknown> {
  const { args } = request
  if (step.each === undefined) return readOne(deps, request, resolved, step, { args, resolved })
  const list = readPointer({ args, resolved }, step.each)
  if (list === undefined) return undefined
  if (!Array.isArray(list) || list.length === 0) throw failed(step, 'empty')
  const records: unknown[] = []
  for (const each of list) records.push(await readOne(deps, request, resolved, step, { args, resolved, each }))
  return records
}

async function readOne(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
  step: ResolveStep,
  document: object,
): Promise<unknown> {
  const { args, missing } = argumentsFrom(step.args, document)
  if (missing.length > 0) {
    if (missing.every((pointer) => pointer.startsWith('/args/'))) return undefined
    throw failed(step, 'empty')
  }
  const { maxAgeS = 0 } = step
  const look = {
    purpose: 'resolve' as const,
    tool: step.tool,
    args,
    resolved,
    maxAgeS,
  }
  const read = await lookUp(deps, request, look)
  if (read.kind === 'not_found') throw failed(step, read.code, read.retryAfterS)
  checkState(step, read.data)
  return read.data
}

function checkState({ as, expect = {} }: ResolveStep, record: unknown): void {
  for (const [pointer, allowed] of Object.entries(expect)) {
    const value = readPointer(record, pointer)
    if (allowed.some((one) => one === value)) continue
    const wanted = allowed.map((one) => `\`${one}\``).join(' or ')
    throw new Refused('record_state', `expected \`${pointer.slice(1)}\` of the ${as} to be ${wanted}`)
  }
}

const TRANSIENT = new Set(['rate_limited', 'busy', 'blocked', 'server', 'timeout', 'connection'])

function failed({ as }: ResolveStep, code: string, retryAfterS?: number): Refused {
  const retry = TRANSIENT.has(code) ? { retry: after(retryAfterS ?? 5) } : {}
  return new Refused(
    'resolve_failed',
    `the ${as} that this call is about could not be read (${code}), so it is denied`,
    retry,
  )
}
