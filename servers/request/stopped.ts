import { type ApprovalGiven, standingConsents } from '../../engine/contract/approval.ts'
import { consequenceOf } from '../../engine/contract/call-input.ts'
import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import { type Overlay, type Stoppable, stopsCaller, stopsTool } from '../../engine/contract/overlay.ts'
import type { Effect } from '../../engine/contract/vocabulary.ts'
import type { Identity } from '../identity/identity.ts'
import type { ActivePolicy } from '../policy/status.ts'
import { after, Refused } from './refused.ts'
import type { ToolRequest } from './request.ts'

/** What is refused now, whatever the policy says. It can only refuse: nothing in it allows. */
export interface Stop extends Pick<Overlay, 'stops' | 'within' | 'reason'> {
  /** revoked: a person stopped it. policy_stale: nobody knows whether this is still the policy. */
  code: 'revoked' | 'policy_stale'
  /** Epoch milliseconds; null: until the cause is gone. */
  until_ms: number | null
}

export type StopsNow = () => readonly Stop[]

/** The caller as stops see them: with the default role where the token names none, or roles do not count. */
export function stoppable(identity: Identity, active: ActivePolicy | null, company: string | null): Stoppable {
  const { caller, companies, rolesClaimed } = identity
  const security = active?.config.security
  const counted = rolesClaimed && security?.rbac_enabled !== false
  const roles = counted || security === undefined ? caller.roles : [security.default_role]
  const only = companies.length === 1 ? (companies[0] ?? null) : null
  return { id: caller.id, person: caller.person, roles, company: company ?? only }
}

/** Throws Refused `revoked` or `policy_stale` where every call of this caller is stopped. */
export function checkCaller(stops: StopsNow, caller: Stoppable): void {
  const stop = stops().find((one) => stopsCaller(one, caller))
  if (stop !== undefined) throw refusedBy(stop)
}

/** Throws Refused likewise where this tool is stopped for this caller. */
export function checkTool(stops: StopsNow, caller: Stoppable, tool: CatalogueTool): void {
  checkNamed(stops, caller, { name: tool.name, effects: [tool.effect] })
}

/** Everything about a call that can be stopped, with what its arguments make of it. Throws Refused likewise. */
export function checkStops(deps: { stops: StopsNow }, { active, stoppable: caller, tool, args }: ToolRequest): void {
  checkCaller(deps.stops, caller)
  const raised = consequenceOf(tool, active.config, args).effect
  checkNamed(deps.stops, caller, { name: tool.name, effects: [tool.effect, raised] })
}

export function checkNamed(
  stops: StopsNow,
  caller: Stoppable,
  tool: { name: string; effects: readonly Effect[] },
): void {
  const stop = stops().find((one) => stopsTool(one, caller, tool))
  if (stop !== undefined) throw refusedBy(stop)
}

/** False where the list does not show it. */
export function isOpen(
  stops: StopsNow,
  caller: Stoppable,
  { name, effect }: { name: string; effect: Effect },
): boolean {
  return !stops().some((one) => stopsCaller(one, caller) || stopsTool(one, caller, { name, effects: [effect] }))
}

/** Consents that count: none of a person, or in a role, that a person has stopped. */
export function standing(stops: StopsNow, given: readonly ApprovalGiven[]): ApprovalGiven[] {
  const all = stops().filter(({ code }) => code === 'revoked')
  return standingConsents(given, {
    persons: all.flatMap((one) => [...one.stops.persons, ...one.stops.callers]),
    roles: all.flatMap((one) => one.stops.roles),
  })
}

function refusedBy({ code, reason, until_ms }: Stop): Refused {
  if (until_ms === null) return new Refused(code, reason, { retry: after(30) })
  // Never: until then nothing helps, and what is stopped for long is not made again by itself when it ends.
  return new Refused(code, `stopped until ${new Date(until_ms).toISOString()}: ${reason}`)
}
