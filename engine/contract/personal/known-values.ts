import { FIXED } from './marks.ts'

interface Hidden {
  rest: readonly string[]
  kind: string
}

/** Shorter ones would tear up words and numbers that have nothing to do with them. */
const LEAST_WORDS = 4
const LEAST_DIGITS = 5
/** Longer ones are no names, and would make the search of a long text slow. */
const MOST = 80

/**
 * Takes the values of a record's hidden fields out of its other texts, where they stand as whole words; null where there
 * are none.
 */
export function knownValues(record: unknown, hidden: readonly Hidden[]): ((text: string) => string) | null {
  const values = new Map<string, string>()
  for (const { rest, kind } of hidden) {
    const value = rest.includes('*') ? undefined : valueAt(record, rest)
    if (typeof value !== 'string') continue
    const text = value.trim()
    if (text.length <= MOST && text.length >= (/\p{L}/u.test(text) ? LEAST_WORDS : LEAST_DIGITS)) values.set(text, kind)
  }
  if (values.size === 0) return null
  // Nearly no text holds one: that is seen by the first words, before anything is searched for.
  const first = [...values.keys()].map((value) => (/^\S+/.exec(value)?.[0] ?? value).toLowerCase())
  let any: RegExp | null = null
  return (text) => {
    const lower = text.toLowerCase()
    if (!first.some((word) => lower.includes(word))) return text
    any ??= searchFor(values)
    return text.replace(any, (found) => `[${values.get(found.trim()) ?? kindOf(values, found)} ${FIXED}]`)
  }
}

function searchFor(values: ReadonlyMap<string, string>): RegExp {
  const longest = [...values.keys()].sort((a, b) => b.length - a.length)
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${longest.map(spaced).join('|')})(?![\\p{L}\\p{N}])`, 'giu')
}

/** The same words with other spaces between them. */
function spaced(value: string): string {
  return value
    .split(/\s+/)
    .map((word) => RegExp.escape(word))
    .join('\\s{1,3}')
}

function kindOf(values: ReadonlyMap<string, string>, found: string): string {
  const same = found.replace(/\s+/g, ' ').toLowerCase()
  return [...values].find(([value]) => value.replace(/\s+/g, ' ').toLowerCase() === same)?.[1] ?? 'name'
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  let value = record
  for (const token of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined
    value = Reflect.get(value, token)
  }
  return value
}
