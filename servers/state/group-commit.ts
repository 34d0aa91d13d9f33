import { skewOf } from './clock-skew.ts'
import { BatchError, type Driver } from './driver.ts'
import { type Asked, ask, changes, type OperationName } from './operations.ts'
import { OperationError } from './sql.ts'

/** Between attempts to write again after a failure, in milliseconds: nothing is asked of a server that is not ready. */
const PROBE_MS = 1_000
/** Operations in one transaction. */
const BATCH = 512

export interface GroupCommit {
  /** Rejects with the reason when it was not written. */
  do(asked: Asked): Promise<unknown>
  /** Does what has been asked, says goodbye and closes the database. */
  stop(): Promise<void>
}

interface Waiting {
  asked: Asked
  resolve: (answer: unknown) => void
  reject: (error: Error) => void
}

export interface GroupCommitOptions {
  driver: Driver
  leaseMs: number
  /** True where no other process uses this database. */
  alone: boolean
  /** This machine's clock, epoch milliseconds. Default Date.now. */
  clock?: (() => number) | undefined
  onHealth: (ready: boolean, message: string) => void
}

/** While one transaction is being made durable, the next operations gather: they share the next one. */
export async function groupCommit({
  driver,
  leaseMs,
  alone,
  clock = Date.now,
  onHealth,
}: GroupCommitOptions): Promise<GroupCommit> {
  let queue: Waiting[] = []
  /** Entries this process has opened and not closed. */
  const running = new Set<string>()
  /** After a failure the database may hold others as ours: an end not written, a commit whose answer was lost. */
  let doubtful = false
  let working = false
  let probe: NodeJS.Timeout | null = null
  let stopped = false
  /** What is wrong with a clock, as of the last beat. */
  let skewed: string | null = null

  async function work(): Promise<void> {
    // What arrives in the same turn belongs to the same batch.
    await new Promise(setImmediate)
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH)
      queue = queue.slice(BATCH)
      await write(batch)
    }
    working = false
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    const before = doubtful ? [ask('keep', { running: [...running] })] : []
    try {
      const answers = await driver.transact([...before, ...batch.map(({ asked }) => asked)])
      doubtful = false
      healthy()
      batch.forEach(({ asked, resolve }, index) => {
        const answer = answers[before.length + index] ?? null
        const [opened, closed] = [openedEntry(asked, answer), closedEntry(asked)]
        if (opened !== null) running.add(opened)
        if (closed !== null) running.delete(closed)
        resolve(answer)
      })
    } catch (error) {
      // One bad operation must not take the others with it: each again, alone.
      if (error instanceof BatchError && error.at === 'operation' && batch.length > 1) {
        for (const one of batch) await write([one])
        return
      }
      const cause = error instanceof BatchError ? error.cause : error
      const message = error instanceof Error ? error.message : 'the ledger was not written'
      doubtful = true
      if (!(cause instanceof OperationError)) unhealthy(message)
      for (const { asked, reject } of batch) {
        // Its outcome could not be written down: from now on it is unknown.
        const entry = closedEntry(asked)
        if (entry !== null) running.delete(entry)
        reject(new Error(message))
      }
    }
  }

  function healthy(): void {
    if (probe === null || skewed !== null) return
    clearInterval(probe)
    probe = null
    onHealth(true, '')
  }

  function unhealthy(message: string): void {
    if (probe !== null || stopped) return
    onHealth(false, message)
    probe = setInterval(beatNow, PROBE_MS)
  }

  const enqueue = (asked: Asked): Promise<unknown> =>
    new Promise((resolve, reject) => {
      queue.push({ asked, resolve, reject })
      if (working) return
      working = true
      void work()
    })
  // Saying that this process lives is also the test whether writing works.
  const beat = async (first: boolean): Promise<void> => {
    const fromMs = clock()
    const databaseMs = await enqueue(ask('beat', { alone: first && alone }))
    skewed = skewOf({ fromMs, untilMs: clock() }, Number(databaseMs))
    if (skewed === null) healthy()
    else if (first) throw new Error(skewed)
    else unhealthy(skewed)
  }
  const beatNow = (): void => void beat(false).catch(() => undefined)

  await beat(true).catch((error: Error) => {
    stopped = true
    if (probe !== null) clearInterval(probe)
    throw error
  })
  const beats = setInterval(beatNow, Math.floor(leaseMs / 4))
  return {
    do(asked) {
      if (stopped) return Promise.reject(new Error('the ledger has ended'))
      // Nothing begins, expires or is pruned by a clock that may be wrong; what has begun is ended and written down.
      if (skewed !== null && changes(asked) && !ENDS.has(asked.name)) return Promise.reject(new Error(skewed))
      return enqueue(asked)
    },
    async stop() {
      if (stopped) return
      clearInterval(beats)
      const goodbye = enqueue(ask('leave', null)).catch(() => undefined)
      stopped = true
      await goodbye
      if (probe !== null) clearInterval(probe)
      await driver.close()
    },
  }
}

/** Changes that no clock has decided on. */
const ENDS: ReadonlySet<OperationName> = new Set(['close', 'record', 'endLimit', 'keepCheckpoint', 'noteDelivered'])

function openedEntry({ name }: Asked, answer: unknown): string | null {
  if (name !== 'open' || typeof answer !== 'object' || answer === null || !('entry' in answer)) return null
  return String(answer.entry)
}

function closedEntry({ name, input }: Asked): string | null {
  if (name !== 'close' || typeof input !== 'object' || input === null || !('event' in input)) return null
  const { event } = input
  return typeof event === 'object' && event !== null && 'entry' in event ? String(event.entry) : null
}
