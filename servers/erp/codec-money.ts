import { centavosOf, decimalOf, reaisOf } from '../../engine/contract/money.ts'
import { scalarText } from './exact-json.ts'

/** Money as text with two decimals; null when it is no exact amount. */
export function moneyText(value: unknown): string | null {
  const centavos = centavosFrom(value)
  return centavos === null ? null : decimalOf(centavos)
}

/** Money as a JSON number in reais; null when it is no exact amount. */
export function moneyNumber(value: unknown): number | null {
  const centavos = centavosFrom(value)
  return centavos === null ? null : reaisOf(centavos)
}

/** Integer centavos of a number, a decimal text or Tryton's Decimal; null when more than zeros stand behind the centavos. */
export function centavosFrom(value: unknown): number | null {
  if (typeof value === 'number') return centavosOf(value)
  const text = isTrytonDecimal(value) ? value.decimal : scalarText(value)
  const match = /^([+-]?)([0-9]{1,13})(?:\.([0-9]{1,2})(0*))?$/.exec(text ?? '')
  if (match === null) return null
  const [, sign, whole = '', decimals = ''] = match
  const centavos = Number(`${whole}${decimals.padEnd(2, '0')}`)
  if (!Number.isSafeInteger(centavos)) return null
  return sign === '-' && centavos !== 0 ? -centavos : centavos
}

function isTrytonDecimal(value: unknown): value is { decimal: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    '__class__' in value &&
    value.__class__ === 'Decimal' &&
    'decimal' in value &&
    typeof value.decimal === 'string'
  )
}
