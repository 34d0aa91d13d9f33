import { sha256 } from '../../contract/canonical.ts'

/** One small mistake put into one file. */
export interface Mutant {
  /** From the project root. */
  file: string
  /** 1-based. */
  line: number
  /** 1-based, in UTF-16 code units. */
  column: number
  /** Offsets of what is replaced, in UTF-16 code units. */
  start: number
  end: number
  replacement: string
  /** `comparison`, `condition dropped`, `number`, … */
  kind: string
}

/** The file's text with the mistake in it. */
export function mutated(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end)
}

/** The lines that the mistake changes, before and after, at most three of each. */
export function changedLines(text: string, mutant: Mutant): { before: string[]; after: string[] } {
  const [old, now] = [text.split('\n'), mutated(text, mutant).split('\n')]
  let [head, tail] = [0, 0]
  while (head < old.length && head < now.length && old[head] === now[head]) head++
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  return { before: shortened(old.slice(head, old.length - tail)), after: shortened(now.slice(head, now.length - tail)) }
}

function shortened(lines: readonly string[]): string[] {
  return lines.length <= 3 ? [...lines] : [...lines.slice(0, 2), `… ${lines.length - 2} lines more`]
}

/** As many of them as asked for, the same ones for the same seed, in their order. */
export function sampled<T extends { mutant: Mutant }>(places: readonly T[], count: number, seed: number): T[] {
  const ranked = places.map((place) => ({ place, rank: sha256(`${seed} ${keyOf(place.mutant)}`) }))
  const chosen = ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, count)
  const kept = new Set(chosen.map(({ place }) => place))
  return places.filter((place) => kept.has(place))
}

export function keyOf({ file, start, end, replacement }: Mutant): string {
  return `${file} ${start} ${end} ${replacement}`
}
