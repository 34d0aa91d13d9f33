import type { Caller } from '../../engine/contract/decision-input.ts'
import type { CallerBudgets } from '../request/admit.ts'
import type { State } from '../state/state.ts'

export interface CallerBudgetsOptions {
  state: Pick<State, 'drawBudget' | 'record'>
  now: () => number
  /** Hears of every call that is turned away. */
  onRefused: () => void
  onError: (error: Error) => void
}

/** What this replica has drawn of one budget, and whom it turned away, until the minute ends. */
interface Purse {
  left: number
  /** Epoch milliseconds. */
  until: number
  /** True: the database has no more. */
  empty: boolean
  drawing: Promise<void> | null
  /** The entry of the first call turned away. */
  entry: Promise<string> | null
  refused: number
  caller: Caller
}

/** Purses kept before those of minutes past are thrown away. */
const MANY = 1_000

/** Budgets drawn from the database in parts. Of the calls it turns away it writes two entries a minute, however many they are. */
export function callerBudgets(options: CallerBudgetsOptions): CallerBudgets & { stop(): Promise<void> } {
  const { state, now, onRefused, onError } = options
  const purses = new Map<string, Purse>()
  let timer: NodeJS.Timeout | null = null

  function purseOf(scope: string, caller: Caller): Purse {
    const known = purses.get(scope)
    if (known !== undefined && (known.until > now() || known.drawing !== null)) return known
    if (known !== undefined) void told(known)
    if (purses.size >= MANY) sweep()
    const purse = { left: 0, until: 0, empty: false, drawing: null, entry: null, refused: 0, caller }
    purses.set(scope, purse)
    return purse
  }
  async function draw(purse: Purse, scope: string, max: number): Promise<void> {
    const { granted, left_ms } = await state.drawBudget({ scope, max })
    purse.left += granted
    purse.until = now() + left_ms
    purse.empty = granted === 0
  }
  const nobody = { revision: null, bundle: null, input: null, decision: null }
  const write = (purse: Purse, tool: string | null, count: number): Promise<string> =>
    state.record({
      ...nobody,
      request: null,
      what: 'refused',
      code: 'caller_budget',
      caller: purse.caller,
      tool,
      count,
    })

  /** Writes down how many were turned away beside the first. */
  async function told(purse: Purse): Promise<void> {
    const more = purse.refused - 1
    purse.refused = 0
    if (more <= 0) return
    await write(purse, null, more).catch((error: unknown) =>
      onError(error instanceof Error ? error : new Error(String(error))),
    )
  }
  function sweep(): void {
    timer = null
    for (const [scope, purse] of purses) {
      if (purse.until > now() || purse.drawing !== null) continue
      purses.delete(scope)
      void told(purse)
    }
    const next = Math.min(...[...purses.values()].filter(({ refused }) => refused > 0).map(({ until }) => until))
    if (Number.isFinite(next)) timer = setTimeout(sweep, Math.max(1, next - now()) + 5).unref()
  }

  return {
    async spend({ caller, of, max, tool }) {
      const scope = `${of} ${caller.id}`
      for (;;) {
        const purse = purseOf(scope, caller)
        if (purse.left > 0) {
          purse.left -= 1
          return null
        }
        if (purse.empty) {
          onRefused()
          purse.refused += 1
          purse.entry ??= write(purse, tool, 1)
          timer ??= setTimeout(sweep, Math.max(1, purse.until - now()) + 5).unref()
          return { entry: await purse.entry, retryAfterS: Math.max(1, Math.ceil((purse.until - now()) / 1_000)) }
        }
        // Who comes meanwhile waits for the same answer.
        purse.drawing ??= draw(purse, scope, max).finally(() => {
          purse.drawing = null
        })
        await purse.drawing
      }
    },
    async stop() {
      if (timer !== null) clearTimeout(timer)
      await Promise.all([...purses.values()].map(told))
    },
  }
}
