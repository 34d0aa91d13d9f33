// JSON.stringify escapes exactly the lone surrogates; a text without this cannot hold one. The text may also
// hold it as an escaped backslash before `ud800`: then the slow way runs for nothing, and no harm is done.
const LONE_SURROGATE = /\\ud[89a-f][0-9a-f]{2}/

/** JSON text in which every string is well-formed Unicode: the policy runtime aborts on a lone surrogate. */
export function wellFormedJson(value: unknown): string {
  const text = JSON.stringify(value)
  return LONE_SURROGATE.test(text) ? JSON.stringify(wellFormed(value)) : text
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]))
}
