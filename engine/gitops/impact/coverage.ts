import type { Coverage, ErpCoverage, ImpactNames } from '../../contract/impact.ts'
import type { Logged } from './logged.ts'
import type { ReplayErp } from './replay.ts'

export interface CoverageCount {
  /** What the two policies of an ERP know by name. */
  namesOf(erp: string): ImpactNames
  replayed(logged: Logged, withHistory: boolean): void
  told(decisions: number, repeated: number): Coverage
}

/** How much of what the policies let somebody see the log has examples of. */
export function coverageOf(erps: Readonly<Record<string, ReplayErp>>): CoverageCount {
  const all = new Map(Object.entries(erps).map(([erp, sides]) => [erp, knownOf(sides)]))
  let [count, withHistory] = [0, 0]
  let [from, to]: [string | null, string | null] = [null, null]

  return {
    namesOf: (erp) => all.get(erp) ?? NOTHING,
    replayed({ erp, timestamp, input }, hasHistory) {
      count += 1
      if (hasHistory) withHistory += 1
      if (from === null || timestamp < from) from = timestamp
      if (to === null || timestamp > to) to = timestamp
      const known = all.get(erp)
      known?.called.add(input.tool.name)
      for (const role of input.caller.roles) known?.held.add(pair(role, input.tool.name))
    },
    told: (decisions, repeated) => ({
      ...{ decisions, replayed: count, repeated, from, to, with_history: withHistory },
      erps: [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([erp, known]) => erpCoverage(erp, known)),
    }),
  }
}

interface Known extends ImpactNames {
  /** Role and tool → it may see it. */
  pairs: ReadonlySet<string>
  /** Tools that some role sees. */
  seen: ReadonlySet<string>
  held: Set<string>
  called: Set<string>
}

const NOTHING: ImpactNames = { configs: [], tools: new Set() }

function knownOf({ base, head }: ReplayErp): Known {
  const sides = [base, head].filter((side) => side !== null)
  const configs = sides.map(({ described }) => described.config)
  const roles = new Set(configs.flatMap(({ rbac }) => Object.keys(rbac.roles)))
  const seen = [...roles].flatMap((role) => sides.flatMap((side) => side.seenBy(role).map((tool) => ({ role, tool }))))
  return {
    configs,
    tools: new Set(sides.flatMap(({ described }) => Object.keys(described.catalogue.tools))),
    pairs: new Set(seen.map(({ role, tool }) => pair(role, tool))),
    seen: new Set(seen.map(({ tool }) => tool)),
    held: new Set(),
    called: new Set(),
  }
}

function erpCoverage(erp: string, { pairs, seen, held, called }: Known): ErpCoverage {
  return {
    erp,
    pairs: pairs.size,
    held: [...pairs].filter((one) => held.has(one)).length,
    uncalled: [...seen].filter((tool) => !called.has(tool)).sort(),
  }
}

function pair(role: string, tool: string): string {
  return JSON.stringify([role, tool])
}
