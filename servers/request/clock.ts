import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import { timeIn } from '../../engine/contract/zone-time.ts'

/** The time of a decision by the clock of the zone where the company keeps its books. */
export function createClock(): (epochMs: number, zone: string) => DecisionInput['time'] {
  const zones = new Map<string, ReturnType<typeof timeIn>>()
  return (epochMs, zone) => {
    const known = zones.get(zone) ?? timeIn(zone)
    zones.set(zone, known)
    return known(epochMs)
  }
}
