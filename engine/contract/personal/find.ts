import type { SensitiveKind } from '../vocabulary.ts'
import { type Atom, atomsOf, type Run, runsFrom } from './atoms.ts'
import { bankNumberIn, bankNumbersIn, type Placed } from './find-bank.ts'
import { documentIn } from './find-document.ts'
import { emailsIn } from './find-email.ts'
import { linksIn } from './find-link.ts'
import { phoneIn } from './find-phone.ts'
import { pixIn } from './find-pix.ts'
import { type Labels, labelsIn } from './labels.ts'
import { type PlainText, plainText } from './plain-text.ts'
import { KIND_OF_SHAPE, type Shape, type Span } from './shape.ts'

export interface FindOptions {
  /** The key the text stands under: `chave_pix`. It counts as a word before whatever is in it. Default none. */
  name?: string
  /**
   * The text is an identifier of the ERP's or the caller's: bare digits in it are that, and only what can be nothing
   * else is found. Default false.
   */
  identifier?: boolean
}

// Nearly every text has none of this in it, and is done with.
const WORTH_A_LOOK = /[0-9@]|\P{ASCII}|:\/\/|www\.|br\.gov\.bcb|\((?:at|arroba)\)|\[(?:at|arroba)\]/iu

/**
 * Personal values in somebody's free text: CPF, CNPJ, PIX keys, bank accounts, e-mail, telephone, links to documents,
 * access keys and boletos. They may overlap. Linear: each place is looked at a bounded number of times.
 */
export function findPersonal(given: string, { name = '', identifier = false }: FindOptions = {}): Span[] {
  if (!WORTH_A_LOOK.test(given) || hasTooFewDigits(given, name)) return []
  const plain = plainText(given)
  if (!/[0-9@]|:\/\/|www\.|\(|\[/.test(plain.text)) return []
  const labels = labelsIn(plain.lower, name)
  const certain = [...linksIn(plain), ...emailsIn(plain), ...numbersIn(plain, labels, identifier)]
  const found = identifier ? certain : [...certain, ...pixIn(plain, labels), ...bankNumbersIn(plain, labels)]
  return found.map((one) => spanOf(one, plain, labels))
}

/** Dates, short numbers, words: without a word of banks before them they are no number of anybody's. */
function hasTooFewDigits(given: string, name: string): boolean {
  if (given.length > SHORT || !PLAIN.test(given)) return false
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(given)) return true
  return given.replace(/[^0-9]+/g, '').length < 8 && !BANKING.test(given) && !BANKING.test(name)
}

/** A CNPJ with letters has fourteen characters and may have few digits. */
const SHORT = 13
const PLAIN = /^[\w .,;:/#$()-]*$/
const BANKING = /ag|branch|cc|c\/|cta|conta|poup|account|www|:\/\/|\((?:at|arroba)\)|bcb/i

function numbersIn(plain: PlainText, labels: Labels, strict: boolean): Placed[] {
  const atoms = atomsOf(plain)
  const found: Placed[] = []
  for (let first = 0; first < atoms.length; ) {
    const skipped = datesFrom(atoms, first)
    if (skipped > 0) {
      first += skipped
      continue
    }
    let longest: Placed | null = null
    for (const run of mayBegin(atoms[first]) ? runsFrom(atoms, first, labels) : []) {
      const shape = documentIn(run, strict) ?? bankNumberIn(run) ?? (strict ? null : phoneIn(run))
      if (shape !== null) longest = { ...shape, start: run.start - openedBefore(run, shape), end: run.end }
    }
    if (longest !== null) found.push(longest)
    const end = longest?.end ?? 0
    first += 1
    while (first < atoms.length && (atoms[first]?.start ?? 0) < end) first += 1
  }
  return found
}

/** The bracket of an area code and the plus of a country belong to the number. */
function openedBefore({ gaps: [before = '', ...inside] }: Run, { shape }: Shape): number {
  if (shape !== 'phone') return 0
  return before.endsWith('+') || (before.endsWith('(') && inside.some((gap) => gap.includes(')'))) ? 1 : 0
}

/** Of what has letters, only what an alphanumeric CNPJ, an access key or an IBAN can begin with. */
function mayBegin(atom: Atom | undefined): boolean {
  if (atom === undefined || !/^[0-9A-Za-z]+$/.test(atom.text)) return false
  return /^[0-9]/.test(atom.text) || [1, 2, 4, 8, 12, 14, 29].includes(atom.text.length)
}

/** How many atoms a date takes here, or a UUID: no part of it begins a number. */
function datesFrom(atoms: readonly Atom[], first: number): number {
  const [one, two, three] = [atoms[first], atoms[first + 1], atoms[first + 2]]
  if (one === undefined || two === undefined || three === undefined || two.gap !== three.gap) return 0
  if (two.gap !== '-' && two.gap !== '/' && two.gap !== '.') return 0
  const date = [one, two, three].map(({ text }) => text).join('-')
  if (/^(19|20)\d\d-(0\d|1[0-2])-([0-2]\d|3[01])(T\d\d)?$/.test(date)) return 3
  if (/^([0-2]\d|3[01])-(0\d|1[0-2])-(19|20)\d\d$/.test(date)) return 3
  const uuid = atoms.slice(first, first + 5)
  const written = uuid.map(({ text }) => text).join('-')
  const joined = uuid.slice(1).every(({ gap }) => gap === '-')
  return joined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(written) ? 5 : 0
}

function spanOf({ start, end, ...shape }: Placed, plain: PlainText, labels: Labels): Span {
  const own = KIND_OF_SHAPE[shape.shape]
  const asKey = isKeyShape(shape) && labels.before('pix', start, 24)
  const kinds: SensitiveKind[] = asKey && own !== 'pix' ? [own, 'pix'] : [own]
  return { ...shape, kinds, start: plain.from(start), end: plain.to(end - 1) }
}

function isKeyShape({ shape }: Shape): boolean {
  return shape === 'cpf' || shape === 'cnpj' || shape === 'email' || shape === 'phone'
}
