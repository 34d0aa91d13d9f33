const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** `24h`, `15m`, `90s`, `7d` → seconds; null for anything else, zero and more than ten years included. */
export function secondsOf(text: string): number | null {
  const match = /^([1-9][0-9]{0,8})([smhd])$/.exec(text)
  if (match === null) return null
  const [, amount, unit = ''] = match
  const seconds = Number(amount) * (SECONDS[unit] ?? 0)
  return seconds <= 10 * 366 * 86_400 ? seconds : null
}
