import type { Config } from './config.ts'

/** How often a caller may ask within a minute of the database's clock; null: as often as it likes. */
export interface CallerBudget {
  calls_per_minute: number | null
  writes_per_minute: number | null
}

const UNLIMITED: CallerBudget = { calls_per_minute: null, writes_per_minute: null }

/**
 * What `callers.<id>.budget` says; where it says nothing, the most generous of the budgets that `budgets` gives the
 * caller's roles. Roles without one do not count: a second role never lifts a limit that the first one has.
 */
export function callerBudget(
  { rbac, security }: Config,
  caller: { id: string; roles: readonly string[] },
): CallerBudget {
  const own = Object.hasOwn(rbac.callers, caller.id) ? rbac.callers[caller.id]?.budget : undefined
  if (own !== undefined) return own
  const { budgets = {} } = rbac
  const roles = security.rbac_enabled && caller.roles.length > 0 ? caller.roles : [security.default_role]
  const given = roles.flatMap((role) => (Object.hasOwn(budgets, role) ? (budgets[role] ?? []) : []))
  const [first, ...others] = given
  return others.reduce(moreGenerous, first ?? UNLIMITED)
}

function moreGenerous(a: CallerBudget, b: CallerBudget): CallerBudget {
  const most = (x: number | null, y: number | null): number | null => (x === null || y === null ? null : Math.max(x, y))
  return {
    calls_per_minute: most(a.calls_per_minute, b.calls_per_minute),
    writes_per_minute: most(a.writes_per_minute, b.writes_per_minute),
  }
}
