import type { Label, Labels } from './labels.ts'
import type { PlainText } from './plain-text.ts'

/** Letters and digits that stand together. */
export interface Atom {
  start: number
  /** Behind its last character. */
  end: number
  text: string
  /** What stands between it and the one before, clipped. */
  gap: string
  /** It may go on a number that the one before begins. */
  joined: boolean
}

/** Some atoms in a row, as one number might be written. */
export interface Run {
  /** In capitals. */
  text: string
  /** As it was written. */
  written: string
  sizes: readonly number[]
  /** What stands before each of them; of the first, what stands before the run. */
  gaps: readonly string[]
  start: number
  end: number
  /** A digit follows, or stands before, with one mark between: it may be a part of something longer. */
  partial: boolean
  labels: Labels
}

/** Longest gap that is looked at; a number is not written with more between its parts. */
const GAP = 6
/** Characters of the longest number there is: a bill's 48 digits. */
const LONGEST = 48
const JOINED = /^[ ./\-()_'\n\r\t+]{1,4}$/
// What is written before a number without a space: `CPF12345678909`, the `NFe` of an access key in XML.
const STUCK = /^(?:(?:nfe|nfce|cte|mdfe|bpe)(?=[0-9]{6})|(?:cpf|cnpj|pix|tel|cel|fone|zap)(?=[0-9]))/i

export function atomsOf({ text }: PlainText): Atom[] {
  const atoms: Atom[] = []
  let before = 0
  const add = (start: number, end: number): void => {
    const gap = text.slice(Math.max(before, start - GAP), start)
    atoms.push({ start, end, text: text.slice(start, end), gap, joined: JOINED.test(gap) })
    before = end
  }
  for (const { index, 0: word } of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    // In the middle of a number it is a part of it: a CNPJ may have these letters.
    const stuck = /[./-]/.test(text.charAt(index - 1)) ? 0 : (STUCK.exec(word)?.[0].length ?? 0)
    if (stuck > 0) add(index, index + stuck)
    add(index + stuck, index + word.length)
  }
  return atoms
}

/** A number is written in no more parts than this: an access key in eleven, a CNPJ digit by digit in fourteen. */
const PARTS = 14
/** In how many parts a telephone number is written. */
const PHONE_PARTS = 6
const LENGTHS = new Set([11, 14, 29, 44, 47, 48])

/** Every run that begins at this atom and is as long as some number, the shortest first. */
export function* runsFrom(atoms: readonly Atom[], first: number, labels: Labels): Generator<Run> {
  const start = atoms[first]?.start ?? 0
  let length = 0
  for (let last = first; last < Math.min(atoms.length, first + PARTS); last += 1) {
    const atom = atoms[last]
    if (atom === undefined || (last > first && !atom.joined)) return
    length += atom.text.length
    if (length > LONGEST) return
    const phone = length >= 8 && length <= 15 && last - first < PHONE_PARTS
    if (!phone && !LENGTHS.has(length)) continue
    const parts = atoms.slice(first, last + 1)
    const written = parts.map(({ text }) => text).join('')
    yield {
      text: written.toUpperCase(),
      written,
      sizes: parts.map(({ text }) => text.length),
      gaps: parts.map(({ gap }) => gap),
      start,
      end: atom.end,
      partial: isTight(atoms, first) || isTight(atoms, last + 1),
      labels,
    }
  }
}

function isTight(atoms: readonly Atom[], place: number): boolean {
  const here = atoms[place]
  const before = atoms[place - 1]
  if (here === undefined || before === undefined || !/^[./-]$/.test(here.gap)) return false
  return /[0-9]$/.test(before.text) && /^[0-9]/.test(here.text)
}

/** One of these words stands before the run. */
export function isCalled(run: Run, label: Label, within = 24): boolean {
  return run.labels.before(label, run.start, within)
}

/** True where the parts have these sizes. */
export function isCut({ sizes }: Run, ...into: readonly number[]): boolean {
  return sizes.length === into.length && into.every((size, index) => sizes[index] === size)
}

/** A line ends inside of it. */
export function isSplit({ gaps }: Run): boolean {
  return gaps.some((gap, index) => index > 0 && gap.includes('\n'))
}

/** Each character stands alone: `1 2 3 . 4 5 6`. */
export function isSpelled({ sizes }: Run): boolean {
  return sizes.every((size) => size === 1)
}
