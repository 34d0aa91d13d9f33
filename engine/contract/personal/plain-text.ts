/** A text as it reads, and where each of its characters stands in what was given. */
export interface PlainText {
  /** ASCII where there is an ASCII character that reads the same: `１２３` → `123`, `é` → `e`, no-break space → space. */
  text: string
  /** The same in lower case; as long as `text`. */
  lower: string
  /** Where the character at this place begins in what was given. */
  from(index: number): number
  /** Where it ends there, and the one that reads as nothing behind it. */
  to(index: number): number
}

// Zero-width and direction marks, soft hyphen, variation selectors, tags: drawn as nothing (UAX #44, Default_Ignorable).
const INVISIBLE = /^\p{Default_Ignorable_Code_Point}$/u
const ASCII = /^\p{ASCII}*$/u
const SAME_AS: readonly (readonly [RegExp, string])[] = [
  [/^[\p{Pd}\u2212\u2043\u02d7\u207b\u208b\u00ac]$/u, '-'],
  [/^[\u3002\u2024\u2027\u00b7\u2022\u2219\u22c5\uff61\u30fb\u0387\u2e31]$/u, '.'],
  [/^[\u2044\u2215\u29f8\u2571]$/u, '/'],
  [/^\p{Zs}$/u, ' '],
  [/^[\u2028\u2029\u0085]$/u, '\n'],
]

/** Never longer than 18 times what was given: the longest compatibility decomposition (UAX #15). */
export function plainText(given: string): PlainText {
  if (ASCII.test(given)) return { text: given, lower: lowered(given), from: (index) => index, to: (index) => index + 1 }
  const parts: string[] = []
  const begins: number[] = []
  let at = 0
  for (const character of given) {
    const plain = character < '\u0080' ? character : remembered(character)
    parts.push(plain)
    for (let index = 0; index < plain.length; index += 1) begins.push(at)
    at += character.length
  }
  begins.push(given.length)
  const text = parts.join('')
  return {
    text,
    lower: lowered(text),
    from: (index) => begins[index] ?? given.length,
    to: (index) => endAfter(begins, index),
  }
}

/** The same few letters come again and again. */
const READ = new Map<string, string>()
const REMEMBERED = 2_048

function remembered(character: string): string {
  const known = READ.get(character)
  if (known !== undefined) return known
  const plain = reading(character)
  if (READ.size < REMEMBERED) READ.set(character, plain)
  return plain
}

function reading(character: string): string {
  if (INVISIBLE.test(character)) return ''
  const known = SAME_AS.find(([pattern]) => pattern.test(character))
  if (known !== undefined) return known[1]
  const digit = digitOf(character)
  if (digit !== null) return digit
  return character.normalize('NFKD').replace(/\p{M}/gu, '')
}

/** Digits of any script, which stand in tens in order (Unicode 16, 4.6: Nd come in contiguous ranges of ten). */
function digitOf(character: string): string | null {
  if (!/^\p{Nd}$/u.test(character)) return null
  const compatible = character.normalize('NFKC')
  if (/^[0-9]$/.test(compatible)) return compatible
  let zero = character.codePointAt(0) ?? 0
  for (let value = 0; value < 10; value += 1) {
    if (!/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) return String(value)
    zero -= 1
  }
  return '0'
}

function endAfter(begins: readonly number[], index: number): number {
  const own = begins[index] ?? 0
  for (let next = index + 1; ; next += 1) {
    const begin = begins[next]
    if (begin === undefined || begin > own) return begin ?? own
  }
}

// toLowerCase changes the length of some letters: places would not fit any more.
function lowered(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
}
