import { isCnpj } from '../cnpj.ts'

/** True for the eleven digits of a CPF whose check digits are right: modulus 11, weights 10…2 and 11…2. */
export function isCpf(digits: string): boolean {
  if (!/^[0-9]{11}$/.test(digits) || /^(.)\1*$/.test(digits)) return false
  return digits.endsWith(`${cpfDigit(digits, 9)}${cpfDigit(digits, 10)}`)
}

function cpfDigit(digits: string, count: number): number {
  let sum = 0
  for (let index = 0; index < count; index += 1) sum += Number(digits[index]) * (count + 1 - index)
  const rest = (sum * 10) % 11
  return rest === 10 ? 0 : rest
}

// Codes of the states as the IBGE numbers them (Manual de Orientação do Contribuinte da NF-e, chave de acesso).
const STATES = new Set('11 12 13 14 15 16 17 21 22 23 24 25 26 27 28 29 31 32 33 35 41 42 43 50 51 52 53'.split(' '))
// NF-e, CT-e, MDF-e, CF-e, BP-e, GTV-e, NFC-e, NF3e, CT-e OS, NFCom.
const MODELS = new Set(['55', '57', '58', '59', '62', '63', '64', '65', '66', '67'])

/**
 * True for the 44 characters of a fiscal document's access key: state, year and month, CNPJ or CPF of the issuer (with
 * letters since 2026), model, series, number, code, and a check digit by modulus 11 with weights 2…9 over each
 * character's ASCII code less 48 (Manual de Orientação do Contribuinte; Nota Técnica Conjunta 2025.001).
 */
export function isAccessKey(text: string): boolean {
  if (!/^[0-9]{6}[0-9A-Z]{12}[0-9]{26}$/.test(text)) return false
  const month = Number(text.slice(4, 6))
  if (!STATES.has(text.slice(0, 2)) || month < 1 || month > 12 || !MODELS.has(text.slice(20, 22))) return false
  const issuer = text.slice(6, 20)
  // A natural person issues with a CPF behind three zeros.
  if (!isCnpj(issuer) && !(issuer.startsWith('000') && isCpf(issuer.slice(3)))) return false
  const rest = modulus11(text.slice(0, 43))
  return text.endsWith(String(rest < 2 ? 0 : 11 - rest))
}

/** True for the 47 digits below a boleto: three fields with a check digit each (Febraban: modulus 10). */
export function isBoletoLine(digits: string): boolean {
  if (!/^[0-9]{47}$/.test(digits)) return false
  return [digits.slice(0, 10), digits.slice(10, 21), digits.slice(21, 32)].every(endsInModulus10)
}

/** True for the 48 digits of a bill of a utility or a tax: four fields with a check digit each (Febraban, layout 7). */
export function isCollectionLine(digits: string): boolean {
  if (!/^8[0-9]{47}$/.test(digits)) return false
  const fields = [0, 12, 24, 36].map((at) => digits.slice(at, at + 12))
  // The third digit says which modulus: 6 and 7 are modulus 10, 8 and 9 modulus 11.
  return /[67]/.test(digits.charAt(2)) ? fields.every(endsInModulus10) : fields.every(endsInModulus11)
}

/** True for the 44 digits of a boleto's bar code: bank, currency 9, modulus 11 in the fifth place. */
export function isBoletoBars(digits: string): boolean {
  if (!/^[0-9]{3}9[0-9]{40}$/.test(digits)) return false
  const digit = 11 - modulus11(digits.slice(0, 4) + digits.slice(5))
  return digits.charAt(4) === String(digit > 9 || digit < 1 ? 1 : digit)
}

/** True for a Brazilian IBAN: 29 characters, rest 1 by 97 (ISO 13616; Circular BCB 3.625). */
export function isBrazilianIban(text: string): boolean {
  if (!/^BR[0-9]{25}[A-Z][0-9A-Z]$/.test(text)) return false
  let rest = 0
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

function modulus11(text: string): number {
  let sum = 0
  for (let index = 0; index < text.length; index += 1) {
    sum += (text.charCodeAt(text.length - 1 - index) - 48) * ((index % 8) + 2)
  }
  return sum % 11
}

function endsInModulus11(field: string): boolean {
  const rest = modulus11(field.slice(0, -1))
  return field.endsWith(String(rest < 2 ? 0 : 11 - rest))
}

function endsInModulus10(field: string): boolean {
  let sum = 0
  for (let index = 0; index < field.length - 1; index += 1) {
    const twice = Number(field.charAt(field.length - 2 - index)) * (index % 2 === 0 ? 2 : 1)
    sum += twice > 9 ? twice - 9 : twice
  }
  return field.endsWith(String((10 - (sum % 10)) % 10))
}
