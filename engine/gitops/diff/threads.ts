import { Worker } from 'node:worker_threads'
import { type Answers, absentAnswers, type SideSource, type Work } from './side.ts'

export interface SideRequest {
  id: number
  source: SideSource
  work: Work
  /** One Int32: how many contexts are decided. */
  progress: SharedArrayBuffer
}

export type SideReply = { id: number; answers: Answers; error: null } | { id: number; answers: null; error: string }

/** Two threads, one for each side of a comparison. Close them. */
export interface Threads {
  /** @throws Error when a policy does not load, or for long comes to no decision */
  decide(side: 'base' | 'head', source: SideSource | null, work: Work): Promise<Answers>
  close(): Promise<void>
}

export interface ThreadsOptions {
  /** Time in which nothing at all is decided until it is given up, in milliseconds. Default 20_000. */
  deadlineMs?: number
}

// Compiled, this file's neighbours end in .js.
const WORKER = new URL(`./side-worker${import.meta.url.slice(-3)}`, import.meta.url)

/** Starts a thread for each side once it has something to decide. */
export function startThreads({ deadlineMs = 20_000 }: ThreadsOptions = {}): Threads {
  const workers = new Map<string, Worker>()
  let next = 0

  const ask = (side: string, source: SideSource, work: Work): Promise<Answers> =>
    new Promise((resolve, reject) => {
      const worker = workers.get(side) ?? new Worker(WORKER)
      workers.set(side, worker)
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
        workers.delete(side)
        void worker.terminate()
        give(() => reject(error))
      }
      const onError = (error: Error): void => drop(error)
      const onReply = (reply: SideReply): void => {
        if (reply.id !== id) return
        give(() => (reply.answers === null ? reject(new Error(reply.error)) : resolve(reply.answers)))
      }
      const timer = setInterval(() => {
        const now = Atomics.load(decided, 0)
        if (now === seen) drop(new Error(`the policy of \`${source.checked.name}\` does not come to an end`))
        seen = now
      }, deadlineMs)
      worker.on('message', onReply).on('error', onError)
      worker.postMessage({ id, source, work, progress } satisfies SideRequest)
    })

  return {
    async decide(side, source, work) {
      return source === null ? absentAnswers(work) : ask(side, source, work)
    },
    async close() {
      await Promise.all([...workers.values()].map((worker) => worker.terminate()))
    },
  }
}
