import { isCalled, isCut, type Run } from './atoms.ts'
import { isBoletoBars, isBoletoLine, isBrazilianIban, isCollectionLine } from './check-digits.ts'
import type { Labels } from './labels.ts'
import type { PlainText } from './plain-text.ts'
import type { Shape } from './shape.ts'

export interface Placed extends Shape {
  /** In the plain text. */
  start: number
  end: number
}

/** A boleto's line or bar code, or an IBAN; null where it is none. */
export function bankNumberIn(run: Run): Shape | null {
  const { text } = run
  if (text.length === 29 && isBrazilianIban(text)) return { shape: 'iban', value: text }
  if (text.length === 47 && isBoletoLine(text)) return { shape: 'boleto', value: text }
  if (text.length === 48 && isCollectionLine(text)) return { shape: 'boleto', value: text }
  if (text.length === 44 && isBoletoBars(text) && (isCut(run, 44) || isCalled(run, 'boleto'))) {
    return { shape: 'boleto', value: text }
  }
  return null
}

const NUMBERED = '[ .:#o°-]{0,4}(?:n(?:um(?:ero)?|o)?[ .:#o°-]{1,4})?'
const BRANCH = new RegExp(`(?<![a-z0-9])(?:agencia|ag|branch)${NUMBERED}([0-9]{3,5}(?:-?[0-9x])?)(?![0-9])`, 'g')
const ACCOUNT = new RegExp(
  '(?<![a-z0-9])(?<word>c/c|c/p|cc|cta|conta|poupanca|account)(?<of> (?:corrente|poupanca|pagamento|de pagamento|salario))?' +
    `(?: e digito)?${NUMBERED}(?<number>[0-9][0-9.]{2,13}(?<digit>[ ]?-[ ]?[0-9x])?)(?![0-9a-z,])`,
  'g',
)
// Bank, branch and account in one: `341 / 1234 / 12345-6`.
const TRIPLE =
  /(?<![0-9a-z.-])[0-9]{3} ?[-/|] ?(?<branch>[0-9]{4}(?:-[0-9x])?) ?[-/|] ?(?<account>[0-9]{4,12}-[0-9x])(?![0-9a-z-])/g
const BOTH = /(?<![0-9a-z.-])(?<branch>[0-9]{4}(?:-[0-9x])?) ?[-/| ] ?(?<account>[0-9]{4,12} ?-[0-9x])(?![0-9a-z-])/g
/** How far from a word of banks an account stands that says nothing more of itself. */
const NEAR = 60

/** Branches and accounts, by the words before them. */
export function bankNumbersIn({ lower }: PlainText, labels: Labels): Placed[] {
  const found: Placed[] = []
  for (const match of lower.matchAll(BRANCH)) found.push(placed('branch', match, match[1] ?? ''))
  for (const match of lower.matchAll(ACCOUNT)) {
    const { word = '', of, number = '', digit } = match.groups ?? {}
    const known = word === 'c/c' || word === 'c/p' || word === 'poupanca' || of !== undefined || digit !== undefined
    // `conta 4521` alone may be of the chart of accounts, `cc 120` a cost centre.
    if (!known && !labels.near('branch', match.index, NEAR) && !labels.near('bank', match.index, NEAR)) continue
    if (number.replace(/[^0-9x]/g, '').length >= 4) found.push(placed('account', match, number))
  }
  for (const match of lower.matchAll(TRIPLE)) found.push(...pair(match))
  for (const match of lower.matchAll(BOTH)) if (labels.near('bank', match.index, NEAR)) found.push(...pair(match))
  if (labels.before('account', 0, 0) && /^[ ]*[0-9][0-9. -]{2,16}[0-9x]?[ ]*$/.test(lower)) {
    found.push({ shape: 'account', value: lower.replace(/[^0-9x]/g, ''), start: 0, end: lower.length })
  }
  return found
}

function pair(match: RegExpExecArray): Placed[] {
  const { branch = '', account = '' } = match.groups ?? {}
  const start = match.index + match[0].indexOf(branch, /^[0-9]{3}(?![0-9])/.test(match[0]) ? 3 : 0)
  const value = branch.replace(/[^0-9x]/g, '')
  return [{ shape: 'branch', value, start, end: start + branch.length }, placed('account', match, account)]
}

function placed(shape: Shape['shape'], match: RegExpExecArray, number: string): Placed {
  const end = match.index + match[0].length
  return { shape, value: number.replace(/[^0-9x]/g, ''), start: end - number.length, end }
}
