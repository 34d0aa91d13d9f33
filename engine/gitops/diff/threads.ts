import { Worker } from 'node:worker_threads'
import type { PairAnswers } from './decide.ts'
import type { Answers, Pair, Work } from './side.ts'

export interface ShareRequest {
  id: number
  pair: Pair
  work: Work
  /** One Int32: how many contexts are decided. */
  progress: SharedArrayBuffer
}

export type ShareReply =
  | { id: number; answers: PairAnswers; error: null }
  | { id: number; answers: null; error: string }

/** Threads among which the tools are shared out. Close them. */
export interface Threads {
  /** @throws Error when a policy does not load, or for long comes to no decision */
  decide(pair: Pair, work: Work): Promise<PairAnswers>
  close(): Promise<void>
}

export interface ThreadsOptions {
  /** How many. Default 2. */
  count?: number
  /** Time in which nothing at all is decided until it is given up, in milliseconds. Default 20_000. */
  deadlineMs?: number
}

// Compiled, this file's neighbours end in .js.
const WORKER = new URL(`./side-worker${import.meta.url.slice(-3)}`, import.meta.url)

/** Starts the threads at once, so that they are ready by the time there is something to decide. */
export function startThreads({ count = 2, deadlineMs = 20_000 }: ThreadsOptions = {}): Threads {
  const workers = new Map(Array.from({ length: count }, (_, share) => [share, new Worker(WORKER)]))
  let next = 0

  const ask = (share: number, pair: Pair, work: Work): Promise<PairAnswers> =>
    new Promise((resolve, reject) => {
      const worker = workers.get(share) ?? new Worker(WORKER)
      workers.set(share, worker)
      const id = next++
      const progress = new SharedArrayBuffer(4)
      const decided = new Int32Array(progress)
      let seen = -1
      const give = (end: () => void): void => {
        clearInterval(timer)
        worker.off('message', onReply).off('error', onError)
        end()
      }
      const drop = (error: Error): void => {
        workers.delete(share)
        void worker.terminate()
        give(() => reject(error))
      }
      const onError = (error: Error): void => drop(error)
      const onReply = (reply: ShareReply): void => {
        if (reply.id !== id) return
        give(() => (reply.answers === null ? reject(new Error(reply.error)) : resolve(reply.answers)))
      }
      const timer = setInterval(() => {
        const now = Atomics.load(decided, 0)
        const name = (pair.head ?? pair.base)?.checked.name ?? ''
        if (now === seen) drop(new Error(`the policy of \`${name}\` does not come to an end`))
        seen = now
      }, deadlineMs)
      worker.on('message', onReply).on('error', onError)
      worker.postMessage({ id, pair, work, progress } satisfies ShareRequest)
    })

  return {
    async decide(pair, { jobs, roles }) {
      const shares = sharesOf(jobs, count)
      const answers = await Promise.all(shares.map((share, index) => ask(index, pair, { jobs: share, roles })))
      return {
        base: joined(answers.map(({ base }) => base)),
        head: joined(answers.map(({ head }) => head)),
      }
    },
    async close() {
      await Promise.all([...workers.values()].map((worker) => worker.terminate()))
    },
  }
}

/** Runs of jobs, in their order, with about as many cases in each. */
function sharesOf(jobs: Work['jobs'], count: number): Work['jobs'][] {
  const total = jobs.reduce((sum, { cases }) => sum + cases.length, 0)
  const shares: Work['jobs'][] = Array.from({ length: count }, () => [])
  let begun = 0
  for (const job of jobs) {
    shares[Math.min(count - 1, Math.floor((begun * count) / Math.max(total, 1)))]?.push(job)
    begun += job.cases.length
  }
  return shares
}

/** The answers of each share, one behind the other, over the outcomes of all. */
function joined(parts: readonly Answers[]): Answers {
  const outcomes = parts.flatMap((part) => part.outcomes)
  const ids = new Uint32Array(parts.reduce((sum, part) => sum + part.ids.length, 0))
  let [at, first] = [0, 0]
  for (const part of parts) {
    for (const id of part.ids) ids[at++] = first + id
    first += part.outcomes.length
  }
  return { outcomes, ids }
}
