/** One place of a document taken away or spoiled. */
export interface Spoiled<T> {
  pointer: string
  /** `removed`, `null`, `of another type`, `empty`. */
  how: string
  document: T
}

/** The document once for every place in it and every way to spoil that place: what a careless reader takes for fine. */
export function* spoiledOf<T extends object>(document: T): Generator<Spoiled<T>> {
  for (const { pointer, tokens, value } of placesIn(document)) {
    for (const [how, replacement] of replacementsOf(value)) {
      const copy = structuredClone(document)
      if (replace(copy, tokens, replacement)) yield { pointer, how, document: copy }
    }
  }
}

interface PlaceIn {
  pointer: string
  tokens: string[]
  value: unknown
}

function* placesIn(value: unknown, tokens: string[] = []): Generator<PlaceIn> {
  if (tokens.length > 0) yield { pointer: tokens.map((token) => `/${token}`).join(''), tokens, value }
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) yield* placesIn(child, [...tokens, key])
}

const REMOVED = Symbol('removed')

function* replacementsOf(value: unknown): Generator<[string, unknown]> {
  yield ['removed', REMOVED]
  if (value !== null) yield ['null', null]
  yield ['of another type', typeof value === 'string' ? 1 : 'x']
  if (Array.isArray(value) && value.length > 0) yield ['empty', []]
}

function replace(document: object, tokens: readonly string[], replacement: unknown): boolean {
  let at: object = document
  for (const token of tokens.slice(0, -1)) {
    const next: unknown = Reflect.get(at, token)
    if (typeof next !== 'object' || next === null) return false
    at = next
  }
  const last = tokens.at(-1) ?? ''
  if (replacement !== REMOVED) return Reflect.set(at, last, replacement)
  if (Array.isArray(at)) return at.splice(Number(last), 1).length === 1
  return Reflect.deleteProperty(at, last)
}
