import fc, { type Arbitrary } from 'fast-check'
import type { Entrypoint } from '../../contract/evaluate.ts'
import { placed } from '../../contract/pointer.ts'
import { arbitraryOf, type Known } from './arbitrary.ts'
import { INPUT_SCHEMAS } from './boundaries.ts'

export interface SampleOptions {
  entrypoint: Entrypoint
  /** Inputs that a server builds: half of what is generated starts from one of them, since what is wild is refused early. */
  bases: readonly object[]
  known: Known
  /** The same seed gives the same sample. */
  seed: number
  count: number
}

/** Inputs that the entrypoint's schema allows: wild ones, and real ones with up to four places changed. */
export function sampleInputs({ entrypoint, bases, known, seed, count }: SampleOptions): object[] {
  const wild = arbitraryOf(INPUT_SCHEMAS[entrypoint], known)
  const arbitrary = bases.length === 0 ? wild : fc.oneof(wild, changed(bases, wild))
  return fc.sample(arbitrary, { seed, numRuns: count }).filter(isObject)
}

function changed(bases: readonly object[], wild: Arbitrary<unknown>): Arbitrary<unknown> {
  const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 4 })
  return fc.tuple(fc.constantFrom(...bases), wild, picks).map(([base, other, chosen]) => {
    const places = placesOf(base)
    return chosen.reduce((whole: object, pick) => {
      const path = places[pick % places.length] ?? []
      const value = path.reduce<unknown>(
        (inner, token) => (isObject(inner) ? Reflect.get(inner, token) : undefined),
        other,
      )
      return value === undefined ? whole : placed(whole, path, value)
    }, base)
  })
}

/** The way to every field of a document, lists taken as one. */
function placesOf(value: object, above: readonly string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isObject(inner) && !Array.isArray(inner) && Object.keys(inner).length > 0
      ? placesOf(inner, [...above, key])
      : [[...above, key]],
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
