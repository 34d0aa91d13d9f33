import type { Probe, RuleProbes } from './probes.ts'

/** Rules of one side that the other does not have, word for word. */
export function changedRules(base: readonly RuleProbes[], head: readonly RuleProbes[]): RuleProbes[] {
  const known = new Set([...base].map(identity))
  const kept = new Set([...head].map(identity))
  return [...head.filter((rule) => !known.has(identity(rule))), ...base.filter((rule) => !kept.has(identity(rule)))]
}

/**
 * What rules ask together with all that they build on, for every rule that a changed one bears upon: a condition moved
 * into a rule of its own is still met together with the others.
 */
export function joinedProbes(rules: readonly RuleProbes[], changed: readonly RuleProbes[]): RuleProbes[] {
  const suspects = new Set(changed.map(identity))
  const byName = new Map<string, RuleProbes[]>()
  for (const rule of rules) byName.set(rule.name, [...(byName.get(rule.name) ?? []), rule])
  return rules.flatMap((rule): RuleProbes[] => {
    const parts = partsOf(rule, byName, suspects)
    if (parts.length < 2 || !parts.some((part) => suspects.has(identity(part)))) return []
    return [{ ...rule, probes: unite(parts.flatMap(({ probes }) => probes)) }]
  })
}

function identity({ name, key }: RuleProbes): string {
  return `${name} ${key}`
}

/** The rule and those it uses, of several definitions the changed one; in the order in which they are come upon. */
function partsOf(
  rule: RuleProbes,
  byName: ReadonlyMap<string, RuleProbes[]>,
  suspects: ReadonlySet<string>,
): RuleProbes[] {
  const found = new Set<RuleProbes>([rule])
  for (const part of found) {
    for (const use of part.uses) {
      const definitions = byName.get(use) ?? byName.get(use.split('.').slice(0, -1).join('.')) ?? []
      const chosen = definitions.find((one) => suspects.has(identity(one))) ?? definitions[0]
      if (chosen !== undefined) found.add(chosen)
    }
  }
  return [...found]
}

function unite(probes: readonly Probe[]): Probe[] {
  const places = new Map<string, Set<unknown>>()
  for (const { pointer, values } of probes) {
    const known = places.get(pointer) ?? new Set()
    for (const value of values) known.add(value)
    places.set(pointer, known)
  }
  return [...places].map(([pointer, values]) => ({ pointer, values: [...values] }))
}
