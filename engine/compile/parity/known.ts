import type { CheckedErp } from '../../validate/checked.ts'
import type { Known } from './arbitrary.ts'

/** What the sources of one ERP say, to be tried as input. */
export function knownOf({ config, catalogue }: Pick<CheckedErp, 'config' | 'catalogue'>): Known {
  const texts = new Set<string>(['agent-1', 'u17', ...Object.keys(catalogue.tools)])
  const numbers = new Set<number>()
  for (const leaf of leavesOf(config)) {
    if (typeof leaf === 'string') texts.add(leaf)
    if (typeof leaf === 'number') for (const one of beside(leaf)) numbers.add(one)
  }
  return { numbers: [...numbers].sort((a, b) => a - b), texts: [...texts].sort() }
}

/** A number and its neighbours on both sides: a centavo, a second, a row; of a share a hundredth. */
export function beside(value: number): number[] {
  return Number.isInteger(value)
    ? [value - 1, value, value + 1]
    : [value - 0.01, value, value + 0.01].map((one) => Number(one.toFixed(6)))
}

/** Every key and scalar of a document. */
export function* leavesOf(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) {
    yield value
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield key
    yield* leavesOf(inner)
  }
}
