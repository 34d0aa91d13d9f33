import type { State } from '../state/state.ts'

/** Counts failures to authenticate for the ledger and the alert. */
export interface FailedAuthentications {
  /** @param forged false: a genuine token that will not do; no reason to raise an alarm */
  failed(source: string, code: string, forged: boolean): void
  succeeded(source: string): void
  /**
   * Source → how many in a row, of those that went on within so many milliseconds, the longest runs: what
   * `authentication_failures` of alerts.yaml looks at. Who has stopped trying raises no alarm for ever.
   */
  runs(withinMs: number): Record<string, number>
  /** Writes down what has not been yet. */
  stop(): Promise<void>
}

const MINUTE_MS = 60_000
/** Sources told apart; strangers must not fill memory or ledger. */
const SOURCES = 1_000
/** Runs that are told, longest first. */
const LONGEST = 20

/** One entry per source and minute, whatever somebody tries: an entry for each attempt would be theirs to fill the disk with. */
export function failedAuthentications(
  state: Pick<State, 'record'>,
  now: () => number,
  onError: (error: Error) => void,
  onRecorded: (entry: string, of: { source: string; code: string; count: number }) => void = () => undefined,
): FailedAuthentications {
  const runs = new Map<string, { count: number; at: number }>()
  let minute = new Map<string, { code: string; count: number }>()
  let timer: NodeJS.Timeout | null = null

  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const counted = minute
    minute = new Map()
    await Promise.all([...counted].map(([source, { code, count }]) => write(source, code, count)))
  }
  const write = async (source: string, code: string, count: number): Promise<void> => {
    const nobody = {
      request: null,
      caller: null,
      tool: null,
      revision: null,
      bundle: null,
      input: null,
      decision: null,
    }
    await state
      .record({ ...nobody, what: 'authentication_failed', code, count, source })
      .then((entry) => onRecorded(entry, { source, code, count }))
      .catch((error: unknown) => onError(error instanceof Error ? error : new Error(String(error))))
  }
  return {
    failed(source, code, forged) {
      const name = minute.has(source) || minute.size < SOURCES ? source : 'others'
      const counted = minute.get(name)
      const same = counted === undefined || counted.code === code
      minute.set(name, { code: same ? code : 'several', count: (counted?.count ?? 0) + 1 })
      timer ??= setTimeout(() => void flush(), MINUTE_MS - (now() % MINUTE_MS)).unref()

      if (!forged) return
      const [oldest] = runs.keys()
      if (runs.size >= SOURCES && !runs.has(source) && oldest !== undefined) runs.delete(oldest)
      runs.set(source, { count: (runs.get(source)?.count ?? 0) + 1, at: now() })
    },
    succeeded: (source) => void runs.delete(source),
    runs(withinMs) {
      const going = [...runs].filter(([, { at }]) => now() - at <= withinMs)
      const longest = going.sort(([, a], [, b]) => b.count - a.count).slice(0, LONGEST)
      return Object.fromEntries(longest.map(([source, { count }]) => [source, count]))
    },
    stop: flush,
  }
}
