/**
 * Reais as a JSON number to integer centavos; null when it has more than two decimals or is not exact.
 * Works on the shortest decimal text of the double, so 0.07 and 29.99 are exact.
 */
export function centavosOf(reais: number): number | null {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/.exec(String(reais))
  if (match === null) return null
  const [, sign, whole, decimals = ''] = match
  const centavos = Number(`${whole}${decimals.padEnd(2, '0')}`)
  return Number.isSafeInteger(centavos) ? (sign === '-' ? -centavos : centavos) : null
}

/** Integer centavos to decimal text with two places: 150000 → `1500.00`. */
export function decimalOf(centavos: number): string {
  const digits = String(Math.abs(centavos)).padStart(3, '0')
  return `${centavos < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Integer centavos to reais as a JSON number. */
export function reaisOf(centavos: number): number {
  return Number(decimalOf(centavos))
}
