const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** `90s`, `15m`, `8h`, `7d` to seconds. Throws on anything else. */
export function durationSeconds(text: string): number {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text)
  const unit = UNITS[match?.[2] ?? '']
  if (match === null || unit === undefined) throw new Error(`expected a duration like \`8h\`, got \`${text}\``)
  return Number(match[1]) * unit
}
