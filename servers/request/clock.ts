import type { DecisionInput } from '../../engine/contract/decision-input.ts'

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

export function timeIn(zone: string): (epochMs: number) => DecisionInput['time'] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    weekday: 'short',
  })
  return (epochMs) => {
    const parts = Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, value]))
    const { year = '', month = '', day = '', hour = '', weekday = '' } = parts
    return {
      epoch_ms: Math.floor(epochMs),
      date: `${year.padStart(4, '0')}-${month}-${day}`,
      weekday: WEEKDAYS.indexOf(weekday),
      hour: Number(hour),
      zone,
    }
  }
}

/** The time of a decision by the clock of the zone where the company keeps its books. */
export function createClock(): (epochMs: number, zone: string) => DecisionInput['time'] {
  const zones = new Map<string, ReturnType<typeof timeIn>>()
  return (epochMs, zone) => {
    const known = zones.get(zone) ?? timeIn(zone)
    zones.set(zone, known)
    return known(epochMs)
  }
}
