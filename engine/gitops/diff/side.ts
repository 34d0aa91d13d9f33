import { inputOf } from '../../compile/row-input.ts'
import type { Config } from '../../contract/config.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'

/** A call in some circumstances, in the words of both sides: it begins at arguments and resolved records. */
export interface Context {
  tool: string
  roles: string[]
  call: ExampleCall
  /** JSON Pointer into the decision input → value, put there last. */
  given: Record<string, unknown>
}

/** One ERP before or after, with its compiled policy: all that a thread needs to decide as a server does. */
export interface SideSource {
  checked: Pick<CheckedErp, 'name' | 'catalogue' | 'config'>
  /** `policy.wasm` */
  wasm: Uint8Array<ArrayBuffer>
}

/** Both sides; null: an ERP before it was added, or after it was removed. */
export interface Pair {
  base: SideSource | null
  head: SideSource | null
}

/** The calls that are to be decided: every case of every job, by every set of roles. */
export interface Work {
  jobs: { tool: string; cases: { call: ExampleCall; given: Record<string, unknown> }[] }[]
  roles: string[][]
}

/** Job by job, within it role by role, within that case by case: each an index into the outcomes there are. */
export interface Answers {
  outcomes: Outcome[]
  ids: Uint32Array<ArrayBuffer>
}

/** How many contexts that is. */
export function contextsOf({ jobs, roles }: Work): number {
  return jobs.reduce((sum, { cases }) => sum + cases.length, 0) * roles.length
}

/** Centavos that the call moves by this catalogue; null where that is no matter or unknown. */
export function amountOf(checked: SideSource['checked'], tool: string, call: ExampleCall): number | null {
  return inputOf(checked, { as: [], does: tool, given: {} }, call)?.facts.amount ?? null
}

/**
 * Roles that either side defines one by one, the one it gives to a token without roles, one that it does not know, and
 * last all of them in one hand, which a rule may ask for.
 */
export function rolesOf(configs: readonly Config[]): string[][] {
  const named = [...new Set(configs.flatMap(({ rbac }) => Object.keys(rbac.roles)))].sort()
  return [[], ...named.map((role) => [role]), ['undefined-role'], named]
}
