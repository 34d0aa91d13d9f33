import type { RawAnswer } from './listener.ts'
import type { Fault } from './stand-in.ts'

/** Serves one call: takes effect and tells the answer. */
type Apply = () => Promise<RawAnswer> | RawAnswer

/** A queue of faults; each is met by one call. */
export interface Faults {
  add(fault: Fault): void
  /** Takes away the faults that no call has met. */
  clear(): void
  /** Runs `apply` as a client would see it: through the first fault that is meant for `operation`, if any. */
  through(operation: string, apply: Apply): Promise<RawAnswer>
}

export function faultQueue(): Faults {
  const queue: Fault[] = []
  return {
    add: (fault) => void queue.push(fault),
    clear: () => void queue.splice(0),
    async through(operation, apply) {
      const at = queue.findIndex((fault) => fault.operation === undefined || fault.operation === operation)
      const [fault] = at < 0 ? [] : queue.splice(at, 1)
      return fault === undefined ? apply() : spoil(fault, apply)
    },
  }
}

async function spoil(fault: Fault, apply: Apply): Promise<RawAnswer> {
  const replaced = fault.status !== undefined || fault.dropConnection === true
  const own = fault.afterApplying === true || !replaced ? await apply() : undefined
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
  if (fault.dropConnection === true) return { status: 0, dropConnection: true }
  if (fault.status === undefined) return own ?? { status: 500 }
  return { status: fault.status, body: fault.body, ...(fault.headers && { headers: fault.headers }) }
}
