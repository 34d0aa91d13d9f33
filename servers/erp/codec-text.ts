import { scalarText } from './exact-json.ts'

/** Only the digits; null when there are none. */
export function onlyDigits(value: unknown): string | null {
  return scalarText(value)?.replace(/[^0-9]/g, '') || null
}

/** Letters and digits in upper case: a CPF or CNPJ without its punctuation (alphanumeric: IN RFB 2.229/2024). */
export function alphanumeric(value: unknown): string | null {
  return (
    scalarText(value)
      ?.toUpperCase()
      .replace(/[^0-9A-Z]/g, '') || null
  )
}

export function guid(value: unknown): string | null {
  const text = scalarText(value)
  return text !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : null
}

/** `%text%` for an SQL LIKE; what the caller wrote is never a wildcard. */
export function likePattern(value: unknown): string | null {
  const text = scalarText(value)
  return text === null ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** Integer as JSON writes it, without leading zeros; null when it is none. */
export function integerText(value: unknown): string | null {
  const text = scalarText(value)
  return text !== null && /^-?[0-9]{1,40}$/.test(text) ? BigInt(text).toString() : null
}

/** CPF has 11 places, CNPJ 14. */
export function documentKind(value: unknown): 'CPF' | 'CNPJ' | null {
  const length = alphanumeric(value)?.length
  return length === 11 ? 'CPF' : length === 14 ? 'CNPJ' : null
}

/** F of a CPF, which a natural person has; J of a CNPJ, which a legal one has. */
export function personLetter(value: unknown): 'F' | 'J' | null {
  const kind = documentKind(value)
  return kind === null ? null : kind === 'CPF' ? 'F' : 'J'
}

/** The two digits of the area of a Brazilian phone number; null when nothing would follow. */
export function phoneArea(value: unknown): string | null {
  return national(value)?.slice(0, 2) ?? null
}

/** What follows the area. */
export function phoneLocal(value: unknown): string | null {
  return national(value)?.slice(2) ?? null
}

function national(value: unknown): string | null {
  const number = onlyDigits(value)
  if (number === null) return null
  // Twelve or thirteen digits begin with the country's 55 (E.164): an area and a local number have ten or eleven.
  const text = number.length >= 12 && number.startsWith('55') ? number.slice(2) : number
  return text.length > 2 ? text : null
}
