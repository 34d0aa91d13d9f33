/** `30/11/2026` → `2026-11-30`, which sorts; undefined when it is no date of the calendar. */
export function isoDay(text: string): string | undefined {
  const [, day, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text) ?? []
  if (day === undefined || Number(year) <= 1900) return undefined
  const iso = `${year}-${month}-${day}`
  const parsed = new Date(`${iso}T00:00:00Z`)
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== iso ? undefined : iso
}

/** `2026-11-30` → `30/11/2026`. */
export function brazilianDay(iso: string): string {
  return iso.split('-').reverse().join('/')
}
