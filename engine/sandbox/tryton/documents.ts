/** Whether the check digits of a CNPJ are right. As in python-stdnum 1.18, letters are refused: an alphanumeric CNPJ is not known to it. */
export function isCnpj(text: string): boolean {
  const digits = compact(text)
  return /^\d{14}$/.test(digits) && digits === withCheckDigits(digits.slice(0, 12), 9)
}

export function isCpf(text: string): boolean {
  const digits = compact(text)
  return /^\d{11}$/.test(digits) && digits === withCheckDigits(digits.slice(0, 9), 11)
}

function compact(text: string): string {
  return text.replace(/[-./ ]/g, '')
}

function withCheckDigits(base: string, greatestWeight: number): string {
  const once = base + checkDigit(base, greatestWeight)
  return once + checkDigit(once, greatestWeight)
}

/** Modulus 11; weights rise from 2 at the right and start again after the greatest. */
function checkDigit(digits: string, greatestWeight: number): number {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (2 + (index % (greatestWeight - 1))), 0)
  return sum % 11 < 2 ? 0 : 11 - (sum % 11)
}
