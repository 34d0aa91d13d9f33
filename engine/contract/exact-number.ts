/** Whether a double holds a JSON number digit by digit; integers only within ±(2^53 − 1). */
export function isExactNumber(lexeme: string): boolean {
  const value = Number(lexeme)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false
  // Fifteen significant digits always survive a double (IEEE 754 binary64).
  if (lexeme.length <= 15 && !/[eE]/.test(lexeme)) return true
  return significant(lexeme) === significant(String(value))
}

/** The number as digits and a power of ten, without zeros at either end: `1.50` and `15e-1` give the same text. */
function significant(lexeme: string): string {
  const match = /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(lexeme)
  if (match === null) return lexeme
  const [, whole = '', fraction = '', power = '0'] = match
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const trimmed = digits.replace(/0+$/, '')
  return trimmed === '' ? '0' : `${trimmed}e${Number(power) - fraction.length + digits.length - trimmed.length}`
}
