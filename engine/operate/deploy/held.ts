import type { FrontClient } from './front-client.ts'

export interface HeldFront extends FrontClient {
  /** How long requests have waited by now, in whole milliseconds: of every hold, the one before a rollback too. */
  ms(): number
}

/** A front that knows how long it has held. A second hold while it holds goes on with the first. */
export function heldFront(front: FrontClient, now: () => number = () => performance.now()): HeldFront {
  let from: number | null = null
  let total = 0
  return {
    async hold() {
      from ??= now()
      await front.hold()
    },
    async release() {
      await front.release()
      if (from !== null) total += now() - from
      from = null
    },
    ms: () => Math.round(total + (from === null ? 0 : now() - from)),
  }
}
