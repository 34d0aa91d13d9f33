import { ErpFailure } from '../outcome.ts'

/** Wait after the second end in a row, in milliseconds; it doubles with each. */
const FIRST_MS = 500
const LONGEST_MS = 60_000
/** A process that has run for so long has not failed to start, in milliseconds. */
const STEADY_MS = 60_000

/** When a process that keeps ending may be started again: at once, then after longer and longer waits. */
export class Restarts {
  readonly #now: () => number
  #ends = 0
  #startedMs = 0
  #notBeforeMs = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Throws ErpFailure while it has to wait: the call that asked has done nothing. */
  admit(): void {
    const waitMs = this.#notBeforeMs - this.#now()
    if (waitMs > 0) {
      const retryAfterS = Math.ceil(waitMs / 1000)
      throw new ErpFailure({ kind: 'connection', message: 'the MCP server keeps ending', retryAfterS }, true)
    }
    this.#startedMs = this.#now()
  }

  ended(): void {
    this.#ends = this.#now() - this.#startedMs >= STEADY_MS ? 1 : this.#ends + 1
    const waitMs = this.#ends === 1 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#ends - 2))
    this.#notBeforeMs = this.#now() + waitMs
  }

  /** When it may be started again, in epoch milliseconds; null where it need not wait. */
  waitingUntil(): number | null {
    return this.#notBeforeMs > this.#now() ? this.#notBeforeMs : null
  }
}
