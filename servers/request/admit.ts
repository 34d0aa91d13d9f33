import { callerBudget } from '../../engine/contract/budget.ts'
import { consequenceOf } from '../../engine/contract/call-input.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { IncomingCall } from './call.ts'
import type { RunningDeps } from './deps.ts'
import { after, Refused } from './refused.ts'
import type { ToolRequest } from './request.ts'

/** A call beyond its caller's budget. */
export interface OverBudget {
  /** The entry that counts the calls turned away. */
  entry: string
  retryAfterS: number
}

/** Counts calls by caller, together with all replicas. */
export interface CallerBudgets {
  /** Null where the call is within the budget; it has been counted then. Throws LedgerError. */
  spend(call: { caller: Caller; of: 'calls' | 'writes'; max: number; tool: string }): Promise<OverBudget | null>
}

/**
 * Counts a call, whatever it asks for, before anything else is done for it: who floods costs nobody else anything.
 * What the server does for an approver is not the caller's doing.
 * @throws Refused caller_budget; LedgerError
 */
export async function admitCall(
  deps: RunningDeps,
  { config }: ActivePolicy,
  caller: Caller,
  { approval, tool }: IncomingCall,
): Promise<void> {
  const max = callerBudget(config, caller).calls_per_minute
  if (approval === undefined) await spend(deps, caller, 'calls', max, tool)
}

/**
 * Counts a call that would change something. Only once its tool may be seen: the refusal must not tell that there is one.
 * @throws Refused caller_budget; LedgerError
 */
export async function admitWrite(
  deps: RunningDeps,
  { active, caller, tool, args, approval }: ToolRequest,
): Promise<void> {
  if (approval !== undefined || consequenceOf(tool, active.config, args).effect === 'read') return
  await spend(deps, caller, 'writes', callerBudget(active.config, caller).writes_per_minute, tool.name)
}

async function spend(
  { budgets }: RunningDeps,
  caller: Caller,
  of: 'calls' | 'writes',
  max: number | null,
  tool: string,
): Promise<void> {
  if (max === null || budgets === undefined) return
  const over = await budgets.spend({ caller, of, max, tool: tool.slice(0, 128) })
  if (over === null) return
  const what = of === 'calls' ? 'calls' : 'calls that change something'
  throw new Refused('caller_budget', `expected at most ${max} ${what} a minute`, {
    entry: over.entry,
    retry: after(over.retryAfterS),
  })
}
