import { argumentKind } from '../ledger-token.ts'
import { maskValue } from '../mask.ts'
import { tokensOf } from '../pointer.ts'
import type { SensitiveKind } from '../vocabulary.ts'
import { hidePersonal } from './hide.ts'
import { isIdentifierName, isRecordId } from './identifier-name.ts'
import { knownValues } from './known-values.ts'
import { createSightings, type PersonalSeen, type Sightings } from './seen.ts'
import { subjectOf, subjectOfShape } from './subject.ts'

type Fields = readonly { pointer: string; kind: SensitiveKind }[]

export interface ShowRules {
  /** Every field that is known to hold personal data: pointers into the data, `*` for every element. */
  sensitive: Fields
  /** Those that are hidden. */
  mask: Fields
  /** The kinds that are hidden wherever they stand in a text. */
  hidden: ReadonlySet<SensitiveKind>
  /** Bare digits in a reference or a document's number may be a CPF too: for what is kept, not shown. Default false. */
  wary?: boolean
}

export interface Shown {
  /** A copy with marks in place of what is hidden. */
  data: unknown
  /** Pointers to where something was hidden, whole or in a text, `*` for every element. Sorted. */
  masked: string[]
  /** What personal data it shows, and what it hides. */
  seen: PersonalSeen[]
}

interface Rule {
  rest: readonly string[]
  kind: SensitiveKind
  hidden: boolean
}

interface Pass {
  hidden: ReadonlySet<SensitiveKind>
  wary: boolean
  masked: Set<string>
  sightings: Sightings
}

interface Place {
  /** `*` for every element. */
  pointer: string
  /** The nearest key. */
  key: string
  /** Of fields below here. */
  rules: readonly Rule[]
  /** Takes what the record's hidden fields hold out of its other texts. */
  without: ((text: string) => string) | null
}

/**
 * Data as somebody may see it: hidden fields masked, and in every other text, whatever field it stands in, the personal
 * values of hidden kinds. What a record's hidden field holds is hidden in the record's other texts too: a name is in no
 * pattern, but the field says what it is.
 */
export function show(data: unknown, { sensitive, mask, hidden, wary = false }: ShowRules): Shown {
  const masks = new Set(mask.map(({ pointer, kind }) => `${kind} ${pointer}`))
  const clear = sensitive.filter(({ pointer, kind }) => !masks.has(`${kind} ${pointer}`))
  const rules = [...mask.map((field) => ruleOf(field, true)), ...clear.map((field) => ruleOf(field, false))]
  const pass: Pass = { hidden, wary, masked: new Set(), sightings: createSightings() }
  const shown = shownAt(data, { pointer: '', key: '', rules, without: null }, pass)
  return { data: shown, masked: [...pass.masked].sort(), seen: pass.sightings.all() }
}

function ruleOf({ pointer, kind }: Fields[number], hidden: boolean): Rule {
  return { rest: tokensOf(pointer), kind, hidden }
}

function shownAt(value: unknown, place: Place, pass: Pass): unknown {
  if (value === null || value === undefined || value === '') return value
  const own = place.rules.filter(({ rest }) => rest.length === 0)
  const rule = own.find(({ hidden }) => hidden) ?? own[0]
  if (rule !== undefined) {
    for (const leaf of leavesOf(value)) {
      const subject = subjectOf(rule.kind, leaf)
      pass.sightings.add({ field: place.pointer, kind: rule.kind, clear: !rule.hidden, subject })
    }
    if (rule.hidden) {
      pass.masked.add(place.pointer)
      return maskValue(rule.kind, value)
    }
    // A name may have a CPF in it: that of a sole trader's company does by law. What else is clear is so as a whole.
    if (rule.kind !== 'name' && rule.kind !== 'address') return value
  }
  if (typeof value === 'string') return shownText(value, place, pass)
  if (typeof value === 'number') return shownNumber(value, place, pass)
  if (typeof value !== 'object' || JSON.isRawJSON(value)) return value
  return Array.isArray(value) ? shownList(value, place, pass) : shownRecord(value, place, pass)
}

function shownList(list: readonly unknown[], { pointer, key, rules, without: outer }: Place, pass: Pass): unknown[] {
  const every = below(rules, '*')
  const single = rules.filter(({ rest: [token] }) => token !== '*')
  return list.map((item, index) => {
    const here = single.length === 0 ? every : [...every, ...below(single, String(index))]
    const without = withoutHidden(item, here) ?? outer
    return shownAt(item, { pointer: `${pointer}/*`, key, rules: here, without }, pass)
  })
}

function shownRecord(record: object, { pointer, rules, without }: Place, pass: Pass): object {
  const own = pointer === '' ? withoutHidden(record, rules) : without
  const entries = Object.entries(record).map(([name, value]): [string, unknown] => {
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const key = shownKey(name, at, pass)
    const inside = { pointer: key === name ? at : `${pointer}/*`, key: name, rules: below(rules, name), without: own }
    return [key, shownAt(value, inside, pass)]
  })
  return Object.fromEntries(told(entries))
}

function withoutHidden(record: unknown, rules: readonly Rule[]): Place['without'] {
  return knownValues(
    record,
    rules.filter(({ hidden }) => hidden),
  )
}

/** Two keys may look the same now: none is lost. */
function told(entries: [string, unknown][]): [string, unknown][] {
  const times = new Map<string, number>()
  return entries.map(([key, value]) => {
    const before = times.get(key) ?? 0
    times.set(key, before + 1)
    return [before === 0 ? key : `${key} (${before + 1})`, value]
  })
}

function shownKey(name: string, at: string, pass: Pass): string {
  if (!/[0-9@]/.test(name)) return name
  const { text, spans } = hidePersonal(name, pass.hidden)
  for (const span of spans) sight(at.slice(0, at.length - name.length - 1), span, false, pass)
  return text
}

function shownText(value: string, { pointer, key, without }: Place, pass: Pass): string {
  const identifier = pass.wary ? isRecordId(key) : isIdentifierName(key)
  const { text, spans, clear } = hidePersonal(value, pass.hidden, { name: key, identifier })
  for (const span of clear) sight(pointer, span, true, pass)
  for (const span of spans) sight(pointer, span, false, pass)
  // An identifier stays what it is, or nobody could use it.
  const told = without === null || isRecordId(key) ? text : without(text)
  if (told !== value) pass.masked.add(pointer)
  return told
}

function sight(
  field: string,
  span: Parameters<typeof subjectOfShape>[0] & { kinds: readonly SensitiveKind[] },
  clear: boolean,
  { sightings }: Pass,
): void {
  for (const kind of span.kinds) sightings.add({ field, kind, clear, subject: subjectOfShape(span) })
}

/** A number is an amount or a count, unless its name says that it is a document or a telephone number. */
function shownNumber(value: number, place: Place, pass: Pass): unknown {
  if (!Number.isSafeInteger(value) || value < 10_000_000 || argumentKind(place.key) === null) return value
  const text = String(value)
  const shown = shownText(text, place, pass)
  return shown === text ? value : shown
}

function below(rules: readonly Rule[], token: string): Rule[] {
  return rules.flatMap(({ rest: [first, ...rest], ...rule }) => (first === token ? [{ ...rule, rest }] : []))
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}
