import type { Shape } from './shape.ts'

/** What stands for a value of which nothing may be seen. */
export const FIXED = '***'

/** What stands for a personal value in a text: enough to tell two of them apart by eye, not enough to know one. */
export function markOf({ shape, value }: Shape): string {
  switch (shape) {
    case 'cpf':
      return cpfMark(value)
    case 'cnpj':
      return cnpjMark(value)
    case 'access_key':
      // The number of the note stays; its issuer goes, and the code without which nobody can open it.
      return `${value.slice(0, 6)}${'*'.repeat(14)}${value.slice(20, 34)}${'*'.repeat(10)}`
    case 'email':
      return emailMark(value)
    case 'phone':
      return phoneMark(value)
    case 'boleto':
      // Bank, and at the end when and how much; where it is paid to goes.
      return value.length === 47 ? `${value.slice(0, 4)}${'*'.repeat(29)}${value.slice(33)}` : '[bank ***]'
    case 'link':
      return `${/^(?:https?:\/\/)?[^/?#]*/i.exec(value)?.[0] ?? ''}/${FIXED}`
    case 'evp':
    case 'brcode':
      return '[pix ***]'
    case 'branch':
    case 'account':
    case 'iban':
      return '[bank ***]'
  }
}

export function cpfMark(digits: string): string {
  return `${FIXED}.${digits.slice(3, 6)}.${digits.slice(6, 9)}-**`
}

export function cnpjMark(characters: string): string {
  return `**.${characters.slice(2, 5)}.${characters.slice(5, 8)}/****-**`
}

export function emailMark(address: string): string {
  const at = address.lastIndexOf('@')
  if (at < 1) return FIXED
  return `${at > 1 ? address.slice(0, 1) : ''}${FIXED}${address.slice(at)}`
}

export function phoneMark(number: string): string {
  return number.length >= 8 ? `${FIXED}${number.slice(-4)}` : FIXED
}

const MARKS: readonly RegExp[] = [
  /^\s*\*{3}\s*$/,
  /\*{3}\.[0-9]{3}\.[0-9]{3}-\*{2}/,
  /\*{2}\.[0-9a-z]{3}\.[0-9a-z]{3}\/\*{4}-\*{2}/,
  /\*{3}@[^\s@]/,
  /(?<!\*)\*{3}[0-9]{4}(?![0-9*])/,
  /[0-9]{6}\*{14}[0-9]/,
  /[0-9]{4}\*{29}/,
  /\[[a-z]{1,12} \*{3}\]/,
  /[0-9a-z]\/\*{3}(?![*\w])/,
]

/** True when a plain text in lower case has one of our marks in it: it came out of a masked answer. */
export function holdsMark(lower: string): boolean {
  return lower.includes('**') && MARKS.some((mark) => mark.test(lower))
}
