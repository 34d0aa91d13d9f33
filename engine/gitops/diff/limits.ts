import type { Outcome } from '../../contract/outcome.ts'
import { reais } from './words.ts'

/** One amount and what both sides answer to it. */
export interface Rung {
  amount: number
  base: Outcome
  head: Outcome
}

/** A limit that moved. */
export interface MovedLimit {
  widens: boolean
  /** `settle up to R$ 5.000,00 … without approval; was R$ 1.000,00`, without who and where. */
  words: string
  /** Amounts whose answer is explained by it. */
  amounts: number[]
}

/** The limits of one role for one money tool that are other than before, from the answers to rising amounts. */
export function movedLimits(verb: string, rungs: readonly Rung[]): MovedLimit[] {
  const sorted = [...rungs].sort((a, b) => a.amount - b.amount)
  const counts = sorted.flatMap(({ base, head }) => [base, head].map(burdenOf)).filter(Number.isFinite)
  return [...new Set(counts)]
    .sort((a, b) => a - b)
    .flatMap((burden): MovedLimit[] => {
      const [before, after] = [reach(sorted, 'base', burden), reach(sorted, 'head', burden)]
      if (before === after) return []
      const between = sorted.filter(
        ({ amount }) => amount > Math.min(before, after) && amount <= Math.max(before, after),
      )
      const how = burden === 0 ? 'without approval' : `with ${burden} approver${burden === 1 ? '' : 's'}`
      const limit = after === 0 ? `no longer ${verb} any amount ${how}` : `${verb} up to ${reais(after)} ${how}`
      const was = before === 0 ? 'not at all' : reais(before)
      return [{ widens: after > before, words: `${limit}; was ${was}`, amounts: between.map(({ amount }) => amount) }]
    })
}

/** How much consent an answer asks for: 0 none, Infinity refused. */
function burdenOf(outcome: Outcome): number {
  if (outcome.effect === 'allow') return 0
  return outcome.effect === 'deny' ? Number.POSITIVE_INFINITY : outcome.count
}

/** The highest amount up to which every amount asks for at most this much consent; 0 where none does. */
function reach(rungs: readonly Rung[], side: 'base' | 'head', burden: number): number {
  const end = rungs.findIndex((rung) => burdenOf(rung[side]) > burden)
  return end < 0 ? (rungs.at(-1)?.amount ?? 0) : (rungs[end - 1]?.amount ?? 0)
}
