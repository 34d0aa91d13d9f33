import type { StandInRate } from '../../contract/stand-in.ts'
import { Refused } from './errors.ts'

/** Counts the calls of one company. @throws Refused for one more than fits; it is not counted */
export function callRate(rate: StandInRate | undefined, factor: number, now: () => number): () => void {
  let calls: number[] = []
  return () => {
    if (rate === undefined) return
    calls = calls.filter((at) => at > now() - rate.perMs)
    if (calls.length < rate.max * factor) {
      calls.push(now())
      return
    }
    const waitS = rate.retryAfterS ?? Math.ceil(((calls[0] ?? now()) + rate.perMs - now()) / 1_000)
    const words = `at most ${rate.max} calls in ${rate.perMs} ms`
    throw new Refused('rate_limited', words, { 'retry-after': String(Math.max(1, waitS)) })
  }
}
