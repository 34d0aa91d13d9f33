import { readPointer } from '../../engine/contract/pointer.ts'
import type { Confirm } from '../../engine/contract/tool.ts'
import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { argumentsFrom, lookUp } from './look-up.ts'
import type { ToolRequest } from './request.ts'

/**
 * Whether the ERP shows that it did what it was asked. True where the tool declares nothing to look at. Never throws
 * but for the ledger's sake: what cannot be shown is not confirmed.
 */
export async function isConfirmed(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
  answer: unknown,
): Promise<boolean> {
  const { confirm } = request.tool
  if (confirm === undefined) return true
  const { args } = request
  if (confirm.tool === undefined) return deps.confirmed(confirm.checks, { args, resolved, answer })
  const { attempts = 1, waitMs = 0 } = confirm
  for (let tried = 0; tried < attempts && !request.deadline.signal.aborted; tried += 1) {
    if (tried > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    if (await readBack(deps, request, resolved, answer, { ...confirm, tool: confirm.tool })) return true
  }
  return false
}

async function readBack(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
  answer: unknown,
  { tool, args: map = {}, each, checks }: Confirm & { tool: string },
): Promise<boolean> {
  const document = { args: request.args, resolved, answer }
  const elements = each === undefined ? [undefined] : readPointer(document, each)
  if (!Array.isArray(elements) || elements.length === 0) return false
  for (const element of elements) {
    const { args, missing } = argumentsFrom(map, { ...document, each: element })
    if (missing.length > 0) return false
    // Never from memory: it is the change that is looked for.
    const read = await lookUp(deps, request, { purpose: 'confirm', tool, args, resolved, maxAgeS: 0 })
    if (read.kind === 'not_found') return false
    if (!deps.confirmed(checks, { args: request.args, resolved, data: read.data })) return false
  }
  return true
}
