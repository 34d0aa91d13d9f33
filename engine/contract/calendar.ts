/**
 * National holidays of Brazil. Fixed days: Lei 662/1949, Lei 6.802/1980 (12 October), Lei 14.759/2023 (20 November).
 * Good Friday is listed for every year. Carnival and Corpus Christi are no national holidays: who closes then adds
 * them in `security.guards.hours.holidays`.
 */
const FIXED: readonly string[] = ['01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '11-20', '12-25']

const GOOD_FRIDAYS: readonly string[] = [
  '2025-04-18',
  '2026-04-03',
  '2027-03-26',
  '2028-04-14',
  '2029-03-30',
  '2030-04-19',
  '2031-04-11',
  '2032-03-26',
  '2033-04-15',
  '2034-04-07',
  '2035-03-23',
]

/** The first and the last day the holidays are known for; outside of them no day counts as a business day. */
export const CALENDAR: { readonly from: string; readonly until: string } = { from: '2025-01-01', until: '2035-12-31' }

/** Dates of the national holidays (YYYY-MM-DD) within CALENDAR, sorted. */
export function nationalHolidays(): string[] {
  const years = GOOD_FRIDAYS.map((day) => day.slice(0, 4))
  return [...GOOD_FRIDAYS, ...years.flatMap((year) => FIXED.map((day) => `${year}-${day}`))].sort()
}

/** True for a name of the IANA time zone database that this runtime knows. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * The instant a day begins in a zone, in epoch milliseconds: where clocks were put forward at midnight, the first
 * instant of that day.
 * @param day YYYY-MM-DD
 */
export function startOfDay(day: string, zone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  // No zone is further than 14 hours from UTC. The first of the quarter hours around that is on the day itself.
  const quarter = 15 * 60_000
  let low = -56
  let high = 56
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (format.format(utc + middle * quarter) >= day) high = middle
    else low = middle + 1
  }
  return utc + low * quarter
}

/** The day so many days before (YYYY-MM-DD). */
export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)
}

/**
 * The day so many business days later (YYYY-MM-DD), the day itself not counted: Monday to Friday without national
 * holidays and those given.
 * @throws RangeError outside of CALENDAR
 */
export function businessDaysAfter(day: string, count: number, holidays: readonly string[] = []): string {
  const closed = new Set([...nationalHolidays(), ...holidays])
  let at = day
  for (let left = count; left > 0; ) {
    at = daysBefore(at, -1)
    if (at < CALENDAR.from || at > CALENDAR.until) throw new RangeError(`the holidays of ${at} are not known`)
    const weekday = new Date(`${at}T00:00:00Z`).getUTCDay()
    if (weekday !== 0 && weekday !== 6 && !closed.has(at)) left -= 1
  }
  return at
}
