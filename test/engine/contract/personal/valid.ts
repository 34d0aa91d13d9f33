import fc from 'fast-check'

/** Identifiers with the right check digits, made by another way of counting than the one under test. */
const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''))

export const cpfs: fc.Arbitrary<string> = digits(9)
  .filter((root) => !/^(.)\1*$/.test(root))
  .map((root) => {
    const first = lastDigit(root, 10)
    return `${root}${first}${lastDigit(`${root}${first}`, 11)}`
  })

function lastDigit(root: string, weight: number): number {
  const rest = [...root].reduce((sum, digit, index) => sum + Number(digit) * (weight - index), 0) % 11
  return rest < 2 ? 0 : 11 - rest
}

const LETTERS = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ']

export const cnpjs: fc.Arbitrary<string> = digits(12)
  .filter((root) => !/^(.)\1*$/.test(root))
  .map(withCnpjDigits)
export const alphanumericCnpjs: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 12, maxLength: 12 })
  .map((list) => list.join(''))
  .filter((root) => /[A-Z]/.test(root) && /[0-9]/.test(root))
  .map(withCnpjDigits)

export function withCnpjDigits(root: string): string {
  const next = (text: string): number => {
    let weight = 2
    let sum = 0
    for (const character of [...text].reverse()) {
      sum += (character.charCodeAt(0) - 48) * weight
      weight = weight === 9 ? 2 : weight + 1
    }
    return sum % 11 < 2 ? 0 : 11 - (sum % 11)
  }
  const first = next(root)
  return `${root}${first}${next(`${root}${first}`)}`
}

const AREAS = ['11', '19', '21', '31', '41', '48', '51', '61', '71', '81', '85', '98', '99']
export const mobiles: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...AREAS), digits(8))
  .map(([area, rest]) => `${area}9${rest}`)
export const landlines: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...AREAS), fc.constantFrom('2', '3', '4', '5'), digits(7))
  .map(([area, first, rest]) => `${area}${first}${rest}`)

const word = (max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'), { minLength: 2, maxLength: max })
    .map((l) => l.join(''))
export const emails: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(word(8), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('.', '_', '-', '+'),
    word(10),
    fc.constantFrom('com.br', 'com', 'adv.br', 'org', 'example'),
  )
  .map(([parts, joint, domain, end]) => `${parts.join(joint)}@${domain}.${end}`)

export const accessKeys: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('35', '31', '41', '53'),
    fc.constantFrom('2601', '2612', '2707'),
    fc.oneof(cnpjs, alphanumericCnpjs),
    fc.constantFrom('55', '65', '57'),
    digits(21),
  )
  .map(([state, month, cnpj, model, rest]) => {
    const body = `${state}${month}${cnpj}${model}${rest}`
    let weight = 2
    let sum = 0
    for (const character of [...body].reverse()) {
      sum += (character.charCodeAt(0) - 48) * weight
      weight = weight === 9 ? 2 : weight + 1
    }
    return `${body}${sum % 11 < 2 ? 0 : 11 - (sum % 11)}`
  })

function luhn(field: string): string {
  let sum = 0
  ;[...field].reverse().forEach((digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  })
  return `${field}${(10 - (sum % 10)) % 10}`
}

export const boletos: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('001', '237', '341', '033', '756'), digits(5), digits(10), digits(10), digits(15))
  .map(([bank, a, b, c, rest]) => `${luhn(`${bank}9${a}`)}${luhn(b)}${luhn(c)}${rest}`)

export const collections: fc.Arbitrary<string> = fc
  .tuple(digits(1), digits(8), digits(11), digits(11), digits(11))
  .map(([segment, a, b, c, d]) => [`8${segment}6${a}`, b, c, d].map(luhn).join(''))

export const ibans: fc.Arbitrary<string> = digits(23).map((body) => {
  const text = `${body}P1`
  const number = [...`${text}BR00`].map((character) => Number.parseInt(character, 36)).join('')
  const check = 98n - (BigInt(number) % 97n)
  return `BR${String(check).padStart(2, '0')}${text}`
})

export const branches: fc.Arbitrary<string> = fc
  .tuple(digits(4), fc.option(digits(1)))
  .map(([n, d]) => (d === null ? n : `${n}-${d}`))
export const accounts: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 1000, max: 99_999_999 }), fc.constantFrom(...'0123456789X'))
  .map(([number, digit]) => `${number}-${digit}`)

/** One number as people write it: cut into parts and joined by marks. */
export function cut(text: string, sizes: readonly number[], gaps: readonly string[]): string {
  let at = 0
  return sizes
    .map((size, index) => {
      const part = text.slice(at, at + size)
      at += size
      return index === 0 ? part : `${gaps[(index - 1) % gaps.length] ?? ''}${part}`
    })
    .join('')
}

const FULL = 0xff10 - 0x30
const ARABIC = 0x0660 - 0x30
const shifted = (text: string, by: number): string =>
  text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + by))

/** The same to a reader, other code points: what word processors, phones and copy-paste make of a text. */
export const disguises: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => shifted(text, FULL),
  (text) => shifted(text, ARABIC),
  (text) => text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
  (text) => [...text].join('\u200b'),
  (text) => text.replace(/(.)(.)/gu, '$1\u2060$2'),
  (text) => `\ufeff${text.replaceAll('.', '\uff0e').replaceAll('-', '\u2013').replaceAll('/', '\u2044')}`,
  (text) => text.replaceAll('.', '\u2024').replaceAll('-', '\u2011').replaceAll(' ', '\u00a0'),
  (text) => text.replaceAll('-', '\u2212').replaceAll('/', '\uff0f').replaceAll(' ', '\u202f'),
  (text) => text.replaceAll('@', '\uff20').replaceAll('+', '\uff0b'),
]
