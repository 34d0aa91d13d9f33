import type { Store } from './store.ts'

const DAY_MS = 86_400_000

/** A store that takes away, at the start and every day, what no rule can reach any more. What fails is tried the next day. */
export function withPruning(store: Store, now: () => number): Store {
  const prune = (): void => void store.ask('pruneHistory', { at_ms: now() }).catch(() => undefined)
  const timer = setInterval(prune, DAY_MS).unref()
  prune()
  return {
    ...store,
    async stop() {
      clearInterval(timer)
      await store.stop()
    },
  }
}
