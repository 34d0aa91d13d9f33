const FIRST = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
const SECOND = [6, ...FIRST]

/** A document without its punctuation, letters in upper case: `12.ABC.345/01DE-35` → `12ABC34501DE35`. */
export function bareDocument(text: string): string {
  return text.replace(/[.\-/\s]/g, '').toUpperCase()
}

/** Whether a bare CNPJ, of digits or alphanumeric, carries the right check digits (IN RFB 2.229/2024: mod 11 over ASCII − 48). */
export function isCnpj(document: string): boolean {
  if (!/^[A-Z0-9]{12}[0-9]{2}$/.test(document) || /^(.)\1+$/.test(document)) return false
  const body = document.slice(0, 12)
  const first = cnpjDigit(body, FIRST)
  return document === `${body}${first}${cnpjDigit(`${body}${first}`, SECOND)}`
}

/** Whether a bare CPF carries the right check digits. */
export function isCpf(document: string): boolean {
  if (!/^[0-9]{11}$/.test(document) || /^(.)\1+$/.test(document)) return false
  return [9, 10].every((length) => {
    const sum = [...document.slice(0, length)].reduce(
      (total, digit, at) => total + Number(digit) * (length + 1 - at),
      0,
    )
    return ((sum * 10) % 11) % 10 === Number(document[length])
  })
}

/** `12345678000195` → `12.345.678/0001-95`; a CPF likewise; anything else as it is. */
export function punctuatedDocument(document: string): string {
  if (document.length === 11) return document.replace(/^(...)(...)(...)(..)$/, '$1.$2.$3-$4')
  return document.replace(/^(..)(...)(...)(....)(..)$/, '$1.$2.$3/$4-$5')
}

function cnpjDigit(body: string, weights: readonly number[]): number {
  const sum = weights.reduce((total, weight, at) => total + weight * (body.charCodeAt(at) - 48), 0)
  return sum % 11 < 2 ? 0 : 11 - (sum % 11)
}
