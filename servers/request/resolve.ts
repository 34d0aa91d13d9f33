import { readPointer } from '../../engine/contract/pointer.ts'
import type { ResolveStep } from '../../engine/contract/tool.ts'
import type { RecordSeen } from '../state/record-changes.ts'
import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { argumentsFrom, lookUp } from './look-up.ts'
import { recordScope } from './record-turn.ts'
import { after, Refused } from './refused.ts'
import type { ToolRequest } from './request.ts'

/** What was read before deciding. */
export interface Read {
  resolved: Resolved
  records: readonly RecordSeen[]
}

/**
 * Reads the records the call names, before it is decided: what an agent claims of them counts for nothing.
 * @param fresh true: nothing from memory, whatever age the tool takes
 * @throws Refused resolve_failed, record_state; LedgerError
 */
export async function resolve(deps: RunningDeps, request: ToolRequest, fresh = false): Promise<Read> {
  const steps = request.tool.resolve ?? []
  if (steps.length === 0) return { resolved: {}, records: [] }
  return deps.trace.step('resolve', () => readAll(deps, request, steps, fresh))
}

async function readAll(
  deps: RunningDeps,
  request: ToolRequest,
  steps: readonly ResolveStep[],
  fresh: boolean,
): Promise<Read> {
  let resolved: Resolved = {}
  const records: RecordSeen[] = []
  for (const declared of steps) {
    const step = fresh ? { ...declared, maxAgeS: 0 } : declared
    const read = await runStep(deps, request, resolved, step, records)
    if (read !== undefined) resolved = { ...resolved, [step.as]: read }
  }
  return { resolved, records }
}

/** The record, or the list of an `each` step; undefined where the optional argument that names it was left out. */
async function runStep(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
  step: ResolveStep,
  seen: RecordSeen[],
): Promise<unknown> {
  const { args } = request
  if (step.each === undefined) return readOne(deps, request, resolved, step, { args, resolved }, seen)
  const list = readPointer({ args, resolved }, step.each)
  if (list === undefined) return undefined
  if (!Array.isArray(list) || list.length === 0) throw failed(step, 'empty')
  const records: unknown[] = []
  for (const each of list) records.push(await readOne(deps, request, resolved, step, { args, resolved, each }, seen))
  return records
}

async function readOne(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
  step: ResolveStep,
  document: object,
  seen: RecordSeen[],
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
  const { entry, ageS } = read
  seen.push({
    scope: recordScope(request.company, step.tool, read.data),
    read: entry,
    age_s: ageS,
    changes: named(step),
  })
  return read.data
}

/** What the caller names is what the call is about; what a record leads to, as the vendor of a payable, it only depends on. */
function named({ args }: ResolveStep): boolean {
  return !Object.values(args).some((pointer) => pointer.startsWith('/resolved/'))
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
