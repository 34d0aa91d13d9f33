/** What was done to one place of a document. */
export interface Spoiled {
  pointer: string
  /** `removed`, `null`, `of another type`, `empty`. */
  how: string
}

interface PlaceIn {
  pointer: string
  parent: object
  key: string
  value: unknown
}

/**
 * Spoils every place of a document in every way that a careless reader takes for fine, one at a time: while a step is
 * looked at the document is spoiled, afterwards it is as it was. (A copy for each step would take ten times as long.)
 */
export function* spoil(document: object): Generator<Spoiled> {
  for (const { pointer, parent, key, value } of [...placesIn(document, '')]) {
    // An element is not removed from a list: a shorter list is another call, and the empty one is tried.
    if (!Array.isArray(parent)) {
      Reflect.deleteProperty(parent, key)
      yield { pointer, how: 'removed' }
    }
    for (const [how, replacement] of replacementsOf(value)) {
      Reflect.set(parent, key, replacement)
      yield { pointer, how }
    }
    Reflect.set(parent, key, value)
  }
}

function* placesIn(parent: unknown, above: string): Generator<PlaceIn> {
  if (typeof parent !== 'object' || parent === null) return
  for (const [key, value] of Object.entries(parent)) {
    const pointer = `${above}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    yield { pointer, parent, key, value }
    yield* placesIn(value, pointer)
  }
}

function* replacementsOf(value: unknown): Generator<[string, unknown]> {
  if (value === null) return
  yield ['null', null]
  yield ['of another type', typeof value === 'string' ? 1 : 'x']
  if (Array.isArray(value) && value.length > 0) yield ['empty', []]
}
