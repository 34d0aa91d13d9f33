import type { DecisionInput } from './decision-input.ts'

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Date, weekday and hour of an instant as the clocks of an IANA zone show them. */
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
