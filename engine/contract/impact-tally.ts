import type { Drift, Example, Impact, ImpactGroup, ImpactKind, NotReplayed } from './impact.ts'

export type Tallied = Pick<Impact, ImpactKind | 'not_replayed' | 'drift'>

/** Counts differences by what they have in common. */
export interface ImpactTally {
  difference(kind: ImpactKind, group: Omit<ImpactGroup, 'count' | 'examples'>, example?: Example): void
  notReplayed(erp: string, reason: string, where?: string): void
  drift(drift: Omit<Drift, 'count'>): void
  /** Sorted: the commonest first. */
  result(): Tallied
}

/** Examples of one group. */
const EXAMPLES = 3

/** @param most groups that are told apart; what comes after them is not counted. Default: no end */
export function impactTally(most: number = Number.POSITIVE_INFINITY): ImpactTally {
  const groups = { to_allow: kindGroups(), to_deny: kindGroups(), approvals: kindGroups(), masks: kindGroups() }
  const missing = new Map<string, NotReplayed & { places: Set<string> }>()
  const drifts = new Map<string, Drift>()

  return {
    difference(kind, group, example) {
      const key = JSON.stringify(group)
      const known = groups[kind].get(key) ?? { ...group, count: 0, examples: [] }
      if (known.count === 0 && groups[kind].size >= most) return
      known.count += 1
      if (example !== undefined) known.examples = firstOf([...known.examples, example])
      groups[kind].set(key, known)
    },
    notReplayed(erp, reason, where) {
      const key = JSON.stringify([erp, reason])
      const known = missing.get(key) ?? { erp, reason, where: [], count: 0, places: new Set() }
      if (known.count === 0 && missing.size >= most) return
      known.count += 1
      if (where !== undefined) known.places = firstPlaces(known.places, where)
      missing.set(key, known)
    },
    drift(drift) {
      const key = JSON.stringify(drift)
      const known = drifts.get(key) ?? { ...drift, count: 0 }
      if (known.count === 0 && drifts.size >= most) return
      known.count += 1
      drifts.set(key, known)
    },
    result() {
      const { to_allow, to_deny, approvals, masks } = groups
      return {
        ...{ to_allow: sorted(to_allow), to_deny: sorted(to_deny), approvals: sorted(approvals), masks: sorted(masks) },
        not_replayed: sorted(missing).map(({ erp, reason, places, count }) => ({
          ...{ erp, reason, where: [...places].sort(), count },
        })),
        drift: sorted(drifts),
      }
    },
  }
}

/** Places of one reason that are named, the first by name whatever the order they come in. */
const PLACES = 20

function firstPlaces(known: ReadonlySet<string>, where: string): Set<string> {
  // Which element of a list it was is no matter.
  return new Set([...new Set([...known, where.replaceAll(/\/\d+(?=\/|$)/g, '/*')])].sort().slice(0, PLACES))
}

function kindGroups(): Map<string, ImpactGroup> {
  return new Map()
}

function firstOf(examples: Example[]): Example[] {
  const key = ({ timestamp, decision_id }: Example): string => JSON.stringify([timestamp, decision_id])
  return examples.sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, EXAMPLES)
}

function sorted<Group extends { count: number }>(groups: ReadonlyMap<string, Group>): Group[] {
  return [...groups].sort(([a, one], [b, two]) => two.count - one.count || (a < b ? -1 : 1)).map(([, group]) => group)
}
