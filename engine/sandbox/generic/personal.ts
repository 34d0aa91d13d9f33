import { isCnpj } from '../../contract/cnpj.ts'
import { isCpf } from '../../contract/personal/check-digits.ts'
import { findPersonal } from '../../contract/personal/find.ts'
import { isIdentifierName } from '../../contract/personal/identifier-name.ts'
import { KIND_OF_SHAPE, type Span } from '../../contract/personal/shape.ts'
import { tokensOf } from '../../contract/pointer.ts'
import type { FieldSource, RecordMap } from '../../contract/tool.ts'
import type { SensitiveKind } from '../../contract/vocabulary.ts'
import { isRow } from '../row.ts'

/** Puts made-up values of the same kind in the place of personal ones: the same one for the same value, everywhere. */
export interface MadeUp {
  /** Takes note of the personal values of an answer. */
  learn(document: unknown): void
  /** The document with none of them. */
  of<T>(document: T): T
}

/** `own`: texts of the run itself, which stay. `instead`: texts that become others. */
export function openMadeUp(
  records: Readonly<Record<string, RecordMap>>,
  own: readonly string[],
  instead: readonly (readonly [string, string])[],
): MadeUp {
  const kinds = kindsByKey(records)
  /** Bare value → what stands for it. */
  const known = new Map<string, string>()
  const counts = new Map<SensitiveKind, number>()
  const isOwn = (text: string): boolean => own.some((one) => text.includes(one) || bareOf(text) === one)

  function standsFor(text: string, kind: SensitiveKind): string {
    const bare = bareOf(text)
    const made = known.get(bare) ?? next(bare, kind)
    known.set(bare, made)
    return dressed(made, text)
  }
  function next(bare: string, kind: SensitiveKind): string {
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    return madeUp(kind, bare, count)
  }
  function learn(node: unknown, key: string): void {
    if (Array.isArray(node)) for (const item of node) learn(item, key)
    else if (isRow(node)) for (const [name, inner] of Object.entries(node)) learn(inner, name)
    else if (typeof node === 'string' && node.length > 2 && !isOwn(node)) {
      const kind = kinds.get(key)
      if (kind !== undefined) standsFor(node, kind)
      else for (const span of foundIn(node, key)) standsFor(node.slice(span.start, span.end), KIND_OF_SHAPE[span.shape])
    }
  }
  function text(given: string, key: string): string {
    let shown = given
    for (const [from, to] of instead) shown = shown.replaceAll(from, to)
    if (isOwn(shown)) return shown
    const bare = bareOf(shown)
    const whole = kinds.has(key) || bare.length >= LONG ? known.get(bare) : undefined
    if (whole !== undefined) return dressed(whole, shown)
    // What a filter or a free text holds of them; the longest first, and no short number: it may be an identifier.
    for (const [real, made] of [...known].sort(([a], [b]) => b.length - a.length)) {
      if ((real.length >= LONG || /[a-z]{4}/i.test(real)) && shown.includes(real)) shown = shown.replaceAll(real, made)
    }
    return shown
  }
  function of(node: unknown, key: string): unknown {
    if (typeof node === 'string') return text(node, key)
    if (Array.isArray(node)) return node.map((item) => of(item, key))
    if (!isRow(node)) return node
    return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, of(inner, name)]))
  }
  return {
    learn: (document) => learn(document, ''),
    // Keys and kinds of values stay: only texts become others.
    of: <T>(document: T) => of(document, '') as T,
  }
}

/** So many characters are no identifier by chance. */
const LONG = 8
const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Personal values in a text that stands under no field of such. */
function foundIn(text: string, key: string): Span[] {
  return GUID.test(text) ? [] : findPersonal(text, { name: key, identifier: isIdentifierName(key) })
}

/** Names of native fields that hold personal values. */
function kindsByKey(records: Readonly<Record<string, RecordMap>>): ReadonlyMap<string, SensitiveKind> {
  const kinds = new Map<string, SensitiveKind>()
  for (const { fields, sensitive } of Object.values(records)) {
    for (const [pointer, kind] of Object.entries(sensitive)) {
      for (const from of pointersOf(fields[pointer])) {
        const key = tokensOf(from).findLast((token) => !/^\d+$/.test(token))
        if (key !== undefined) kinds.set(key, kind)
      }
    }
  }
  return kinds
}

function pointersOf(source: FieldSource | undefined): readonly string[] {
  if (source === undefined) return []
  if ('from' in source) return [source.from]
  if ('first' in source) return source.first
  return 'join' in source ? source.join : []
}

const BARE = /^[\dA-Z./-]+$/

/** Without the punctuation of a document; anything else as it is. */
function bareOf(text: string): string {
  const bare = text.replace(/[./-]/g, '')
  return BARE.test(text) && (isCnpj(bare) || isCpf(bare)) ? bare : text
}

/** In the form that the real value has: `11.222.333/0001-81`. */
function dressed(made: string, like: string): string {
  if (bareOf(like) === like) return made
  let at = 0
  return [...like].map((letter) => (/[./-]/.test(letter) ? letter : (made[at++] ?? ''))).join('')
}

function madeUp(kind: SensitiveKind, bare: string, count: number): string {
  const number = String(count)
  if (isCnpj(bare)) return checked(`98${number.padStart(6, '0')}0001`, isCnpj)
  if (isCpf(bare)) return checked(`98${number.padStart(7, '0')}`, isCpf)
  if (bare.includes('@')) return `pessoa${number}@example.com`
  if (kind === 'phone' && /^\d{10,11}$/.test(bare)) return `11${number.padStart(bare.length - 2, '30000000')}`
  if (/^\+?[\d\s()-]+$/.test(bare)) return bare.replace(/\d/g, '0').slice(0, -number.length) + number
  if (GUID.test(bare)) return `00000000-0000-4000-9000-${number.padStart(12, '0')}`
  if (kind === 'address') return `Rua Ficticia ${number}`
  if (kind === 'url') return `https://example.com/${number}`
  return kind === 'name' ? `E${number.padStart(4, '0')} Ficticia` : `ficticio-${number}`
}

function checked(base: string, holds: (text: string) => boolean): string {
  const ends = Array.from({ length: 100 }, (_, end) => `${base}${String(end).padStart(2, '0')}`)
  return ends.find(holds) ?? `${base}00`
}
