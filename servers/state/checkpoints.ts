import { setTimeout } from 'node:timers/promises'
import type { Anchor } from './anchor.ts'
import type { CheckpointSigner } from './checkpoint-key.ts'
import { changes } from './operations.ts'
import type { Store } from './store.ts'

export interface CheckpointOptions {
  store: Store
  signer: CheckpointSigner
  erp: string
  replica: string
  anchors: readonly Anchor[]
  now: () => number
  /** Time between checkpoints while something is written, in milliseconds. */
  everyMs: number
  /** Entries after which one is made earlier. */
  everyEntries: number
  onError: (anchor: string, message: string) => void
}

export interface Checkpoints {
  /** Told of every entry. */
  count(): void
  /** Makes one now, where something was written, and brings what waits to the anchors. */
  now(): Promise<void>
  /** Signs what is written until here with the key it has, and from then on with this one. Rejects where it could not. */
  renew(next: CheckpointSigner): Promise<void>
  /** Makes the last checkpoint, tries once more to deliver, and ends. */
  stop(): Promise<void>
}

/** A longer wait after each failure, in milliseconds. */
const RETRY_MS = [1_000, 2_000, 5_000, 15_000, 60_000] as const
const PAGE = 100
/** For the last delivery, in milliseconds. */
const GOODBYE_MS = 2_000

/**
 * Signs where the chain stands, every so often, and brings it to each anchor. What is not delivered yet stands in the
 * database: an anchor that is away for a week gets all of it when it comes back.
 */
export function startCheckpoints(options: CheckpointOptions): Checkpoints {
  const { store, erp, replica, anchors, now, everyMs, everyEntries, onError } = options
  let { signer } = options
  let entries = 0
  let stopped = false
  const retries = new Map<string, { tries: number; timer: NodeJS.Timeout }>()
  let last: Promise<void> = Promise.resolve()

  /** One after the other, whoever asks. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work, work)
    return last
  }

  async function make(): Promise<void> {
    entries = 0
    const next = await store.ask('nextCheckpoint', null)
    if (next !== null) {
      await store.ask('keepCheckpoint', { signed: signer.sign({ erp, replica, ...next, at_ms: now() }) })
    }
  }

  async function deliver(anchor: Anchor): Promise<void> {
    try {
      for (;;) {
        const after = await store.ask('deliveredUpTo', { target: anchor.name })
        const waiting = await store.ask('checkpoints', { replica: null, after, limit: PAGE })
        for (const signed of waiting) {
          await anchor.put(signed)
          await store.ask('noteDelivered', { target: anchor.name, number: signed.checkpoint.number })
        }
        if (waiting.length < PAGE) break
      }
      clearTimeout(retries.get(anchor.name)?.timer)
      retries.delete(anchor.name)
    } catch (error) {
      onError(anchor.name, error instanceof Error ? error.message : 'unknown error')
      again(anchor)
    }
  }

  function again(anchor: Anchor): void {
    if (stopped) return
    const before = retries.get(anchor.name)
    clearTimeout(before?.timer)
    const tries = Math.min((before?.tries ?? -1) + 1, RETRY_MS.length - 1)
    const timer = globalThis.setTimeout(() => void inTurn(() => deliver(anchor)), RETRY_MS[tries])
    timer.unref()
    retries.set(anchor.name, { tries, timer })
  }

  const all = (): Promise<void> =>
    inTurn(async () => {
      // While the ledger cannot be written there is nothing to sign; the next turn comes.
      await make().catch(() => undefined)
      for (const anchor of anchors) await deliver(anchor)
    })
  const timer = setInterval(() => void all(), everyMs)
  timer.unref()
  // What an earlier process did not deliver.
  void all()
  return {
    now: all,
    renew: (next) =>
      inTurn(async () => {
        await make()
        signer = next
      }),
    count() {
      entries += 1
      if (entries === everyEntries && !stopped) void all()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      for (const { timer: one } of retries.values()) clearTimeout(one)
      // Signed and kept now; an anchor that is slow to answer gets it from whoever opens this ledger next.
      await make().catch(() => undefined)
      await Promise.race([all(), setTimeout(GOODBYE_MS, undefined, { ref: false })])
    },
  }
}

/** A store whose writes are counted, and that ends with a last checkpoint. */
export function withCheckpoints(store: Store, checkpoints: Checkpoints): Store {
  return {
    ready: store.ready,
    async ask(name, input) {
      const answer = await store.ask(name, input)
      if (changes({ name, input })) checkpoints.count()
      return answer
    },
    async stop() {
      await checkpoints.stop()
      await store.stop()
    },
  }
}
