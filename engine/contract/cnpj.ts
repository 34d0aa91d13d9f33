const FORM = /^[0-9A-Z]{12}[0-9]{2}$/
const FIRST = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
const SECOND = [6, ...FIRST]

/**
 * True for a CNPJ without punctuation whose check digits are right, numeric or, since July 2026, alphanumeric:
 * modulus 11 over each character's ASCII code less 48 (IN RFB 2.229/2024).
 */
export function isCnpj(text: string): boolean {
  if (!FORM.test(text) || /^(.)\1*$/.test(text)) return false
  return text.endsWith(`${checkDigit(text, FIRST)}${checkDigit(text, SECOND)}`)
}

function checkDigit(text: string, weights: readonly number[]): number {
  const sum = weights.reduce((total, weight, index) => total + weight * (text.charCodeAt(index) - 48), 0)
  const rest = sum % 11
  return rest < 2 ? 0 : 11 - rest
}
