import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type DecisionLogRules, decisionLogEvent } from '../../engine/contract/decision-log.ts'
import type { State } from '../state/state.ts'

export interface DecisionLogOptions {
  state: Pick<State, 'entries' | 'delivered' | 'noteDelivered'>
  /** Base address of the receiver; decisions go to `<url>/logs`, as OPA sends them. */
  url: string
  /** Sent as a bearer token; null: none. */
  token: string | null
  labels: { erp: string; replica: string; version: string }
  /** What the policy in force says of the log; null while there is none: then it waits. */
  rules: () => DecisionLogRules | null
  /** Between two looks at the ledger, in milliseconds. Default 2_000. */
  everyMs?: number
  onError: (message: string) => void
}

export interface DecisionLog {
  /** Sends what is there, for a moment, and ends. What is left goes out after the next start. */
  stop(): Promise<void>
}

/** Rows read at once: all that is ever held in memory. */
const CHUNK = 200
const TIMEOUT_MS = 10_000
const LONGEST_WAIT_MS = 60_000
const GOODBYE_MS = 2_000

const compress = promisify(gzip)

/** The name by which the state keeps how far a receiver has been served. */
export function decisionTarget(url: string): string {
  return `decisions ${url}`
}

/**
 * Sends decisions to a receiver of OPA's decision logs (gzip of a JSON array, POST). The ledger is the source and the
 * place reached stands beside it, so that no call waits for a receiver and none of its failures loses a decision; one
 * whose answer is lost gets them twice.
 */
export function startDecisionLog(options: DecisionLogOptions): DecisionLog {
  const { state, url, token, labels, rules, everyMs = 2_000, onError } = options
  const target = decisionTarget(url)
  let chunk = CHUNK
  let waitMs = everyMs
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  let working: Promise<void> = Promise.resolve()

  /** @returns whether there may be more */
  async function sendSome(): Promise<boolean> {
    const now = rules()
    if (now === null) return false
    const after = await state.delivered(target)
    const rows = await state.entries(after + 1, after + chunk)
    const last = rows.at(-1)
    if (last === undefined) return false
    const events = rows.map((row) => decisionLogEvent(row, labels, now)).filter((event) => event !== null)
    if (events.length > 0) await post(events)
    await state.noteDelivered(target, last.seq)
    chunk = CHUNK
    return true
  }

  async function post(events: readonly object[]): Promise<void> {
    const answer = await fetch(`${url.replace(/\/$/, '')}/logs`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: new Uint8Array(await compress(JSON.stringify(events))),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await answer.body?.cancel()
    if (answer.status === 413) chunk = Math.max(1, Math.floor(chunk / 2))
    if (!answer.ok) throw new Error(`the receiver of decisions answered ${answer.status}`)
  }

  async function work(): Promise<void> {
    try {
      while (await sendSome());
      waitMs = everyMs
    } catch (error) {
      onError(error instanceof Error ? error.message : 'unknown error')
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    }
    if (!stopped) again()
  }

  function again(): void {
    timer = setTimeout(() => {
      working = work()
    }, waitMs)
    timer.unref()
  }

  again()
  return {
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      const goodbye = working.then(work)
      await Promise.race([goodbye, new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())])
    },
  }
}
