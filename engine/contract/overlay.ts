import type { Effect } from './vocabulary.ts'

/** What an overlay stops: a call is stopped as soon as one of these fits it. */
export interface Stops {
  callers: string[]
  persons: string[]
  /** Names, or beginnings of names with `*` behind. */
  tools: string[]
  /** Whoever has one of them, whatever other roles they have. */
  roles: string[]
  effects: Effect[]
  /** CNPJs. */
  companies: string[]
  /** Every call of everybody. */
  all: boolean
}

/** An emergency narrowing in force: it can only refuse, never allow. */
export interface Overlay {
  /** Its sequence where it came signed by the channel; `c-…` where a person made it at this server. */
  id: string
  stops: Stops
  /** Only calls for these companies; null: for all. */
  within: string[] | null
  /** Epoch milliseconds. */
  from_ms: number
  until_ms: number
  /** Told to whoever is refused. */
  reason: string
  /** Key that signed it, or the person who made it. */
  by: string
}

/** The most that an overlay may last, in milliseconds: what is to last longer takes a pull request. */
export const MAX_OVERLAY_MS: number = 7 * 86_400_000

/** Whose call it is. `company` is null while none is chosen. */
export interface Stoppable {
  id: string
  person: string
  roles: readonly string[]
  company: string | null
}

/** True when every call of this caller is stopped. */
export function stopsCaller({ stops, within }: Pick<Overlay, 'stops' | 'within'>, caller: Stoppable): boolean {
  const { id, person, roles, company } = caller
  if (!concerns(within, company)) return false
  if (stops.all || stops.callers.includes(id) || stops.persons.includes(person)) return true
  return roles.some((role) => stops.roles.includes(role)) || (company !== null && stops.companies.includes(company))
}

/** True when this tool is stopped for this caller. `effects`: the declared one, and what the arguments raise it to. */
export function stopsTool(
  { stops, within }: Pick<Overlay, 'stops' | 'within'>,
  { company }: Pick<Stoppable, 'company'>,
  { name, effects }: { name: string; effects: readonly Effect[] },
): boolean {
  if (!concerns(within, company)) return false
  return stops.tools.some((pattern) => fits(pattern, name)) || effects.some((effect) => stops.effects.includes(effect))
}

/** True when nothing that this person consents to counts. */
export function stopsPerson({ stops }: Pick<Overlay, 'stops'>, person: string): boolean {
  return stops.persons.includes(person) || stops.callers.includes(person)
}

/** Whole, from what may be left out. */
export function stopsOf(some: Partial<Stops>): Stops {
  const { callers = [], persons = [], tools = [], roles = [], effects = [], companies = [], all = false } = some
  return { callers, persons, tools, roles, effects, companies, all }
}

/** False for one that would stop nothing. */
export function stopsSomething({ all, ...lists }: Stops): boolean {
  return all || Object.values(lists).some((list) => list.length > 0)
}

function concerns(within: readonly string[] | null, company: string | null): boolean {
  return within === null || (company !== null && within.includes(company))
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}
