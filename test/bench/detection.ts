import fc from 'fast-check'
import { hidePersonal } from '../../engine/contract/personal/hide.ts'
import { SENSITIVE_KINDS } from '../../engine/contract/vocabulary.ts'
import { FAMILIES, LOOK_ALIKES } from '../engine/contract/personal/look-alikes.ts'
import { disguises } from '../engine/contract/personal/valid.ts'
import { isLeft, WRITTEN } from '../engine/contract/personal/written.ts'
import type { Figure } from './figures.ts'

const ALL = new Set(SENSITIVE_KINDS)
const SAMPLE = 4_000
const SEED = 20261123

/**
 * How many personal values in odd spellings are found, kind by kind, and how much of what only looks like one is taken
 * for one. The tests hold limits to both; here they are told.
 */
export async function detection(): Promise<Figure[]> {
  const found = WRITTEN.map(({ what, of, ways }): Figure => {
    const written = fc.tuple(of, fc.constantFrom(...ways), fc.constantFrom(...disguises))
    const texts = fc.sample(written, { numRuns: SAMPLE, seed: SEED })
    const missed = texts.filter(([value, way, disguise]) =>
      isLeft(hidePersonal(`Pagamento a ${disguise(way(value))} hoje`, ALL).text, value),
    )
    return {
      what: `found: ${what}, ${ways.length} spellings × ${disguises.length} disguises, ${SAMPLE} samples`,
      ours: percent(texts.length - missed.length, texts.length),
      ...{ peer: null, ratio: null },
    }
  })
  const taken = FAMILIES.map(({ what, of, most }): Figure => {
    const texts = fc.sample(of, { numRuns: SAMPLE, seed: SEED })
    return {
      what: `taken wrongly: ${what}, ${SAMPLE} samples`,
      ours: percent(texts.filter(isTaken).length, texts.length),
      peer: most === 0 ? null : `by chance at most ${percent(most * 1_000, 1_000)}`,
      ratio: null,
    }
  })
  const corpus = LOOK_ALIKES.filter(isTaken).length
  const all = { what: `taken wrongly: the corpus of ${LOOK_ALIKES.length} look-alikes`, ours: String(corpus) }
  return [...found, { ...all, peer: null, ratio: null }, ...taken]
}

function isTaken(text: string): boolean {
  return hidePersonal(text, ALL).text !== text
}

function percent(some: number, all: number): string {
  return `${((100 * some) / all).toFixed(2)} %`
}
