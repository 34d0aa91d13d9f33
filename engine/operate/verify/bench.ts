import { NotTried, type Suite, type Verdict, Wrong } from './verdict.ts'

/** Where tests are made one after the other, and what came of each is kept. */
export interface Bench {
  verdicts: readonly Verdict[]
  /** Makes one test. A throw that is neither Wrong nor NotTried fails it too: what nobody thought of is no success. */
  test(suite: Suite, name: string, tools: readonly string[], run: () => Promise<void>): Promise<boolean>
  /** A test that is not made, and why. */
  skip(suite: Suite, name: string, tools: readonly string[], why: string): void
}

export function openBench(tell: (verdict: Verdict) => void = () => undefined): Bench {
  const verdicts: Verdict[] = []
  const keep = (verdict: Verdict): boolean => {
    verdicts.push(verdict)
    tell(verdict)
    return verdict.outcome === 'passed'
  }
  return {
    verdicts,
    async test(suite, name, tools, run) {
      const began = performance.now()
      const about = { suite, name, tools: [...tools] }
      const tookMs = (): number => Math.round(performance.now() - began)
      try {
        await run()
        return keep({ ...about, outcome: 'passed', why: null, tookMs: tookMs() })
      } catch (error) {
        const known = error instanceof Wrong || error instanceof NotTried
        const why = known ? error.message : `unexpected: ${error instanceof Error ? error.message : String(error)}`
        return keep({ ...about, outcome: error instanceof NotTried ? 'not_tried' : 'failed', why, tookMs: tookMs() })
      }
    },
    skip: (suite, name, tools, why) =>
      void keep({ suite, name, tools: [...tools], outcome: 'not_tried', why, tookMs: 0 }),
  }
}
