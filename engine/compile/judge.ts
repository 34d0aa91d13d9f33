import { Worker } from 'node:worker_threads'
import type { Finding } from '../contract/finding.ts'
import { findingAt, type Judgement, type TableJob } from './table.ts'

export interface TableRequest {
  id: number
  job: TableJob
  wasm: Uint8Array<ArrayBuffer>
  /** One Int32: the row that is being evaluated. */
  progress: SharedArrayBuffer
}

export interface TableReply {
  id: number
  judgement: Judgement
  /** Why the policy could not be loaded; null when it could. */
  error: string | null
}

export interface JudgeOptions {
  /** Time for one row and all that is left out of it, in milliseconds. Default 5_000. */
  deadlineMs?: number
}

/** Evaluates decision tables in a thread of its own, which can be ended when a policy does not come to an end. */
export interface Judge {
  judge(job: TableJob, wasm: Uint8Array<ArrayBuffer>): Promise<Judgement>
  /** Ends the thread. Afterwards nothing may be asked of it. */
  close(): Promise<void>
}

// Compiled, this file's neighbours end in .js.
const WORKER = new URL(`./table-worker${import.meta.url.slice(-3)}`, import.meta.url)

/** Starts the thread at once, so that it is ready by the time there is something to judge. */
export function startJudge({ deadlineMs = 5_000 }: JudgeOptions = {}): Judge {
  let worker = new Worker(WORKER)
  let next = 0
  let last: Promise<unknown> = Promise.resolve()

  const judgeOne = (job: TableJob, wasm: Uint8Array<ArrayBuffer>): Promise<Judgement> =>
    new Promise((resolve, reject) => {
      const id = next++
      const progress = new SharedArrayBuffer(4)
      const row = new Int32Array(progress)
      row[0] = -1
      let seen = -1
      const timer = setInterval(() => {
        const at = Atomics.load(row, 0)
        if (at === seen) hang(at)
        seen = at
      }, deadlineMs)
      const done = (): void => {
        clearInterval(timer)
        worker.off('message', onReply).off('error', onError)
      }
      const hang = (at: number): void => {
        done()
        void worker.terminate()
        worker = new Worker(WORKER)
        resolve({ findings: [hangs(job, at, deadlineMs)], differing: [] })
      }
      const onReply = (reply: TableReply): void => {
        if (reply.id !== id) return
        done()
        resolve(reply.error === null ? reply.judgement : { findings: [doesNotLoad(job, reply.error)], differing: [] })
      }
      const onError = (error: Error): void => {
        done()
        worker = new Worker(WORKER)
        reject(error)
      }
      worker.on('message', onReply).on('error', onError)
      worker.postMessage({ id, job, wasm, progress } satisfies TableRequest)
    })

  return {
    judge(job, wasm) {
      const judged = last.then(() => judgeOne(job, wasm))
      last = judged.catch(() => undefined)
      return judged
    },
    async close() {
      await worker.terminate()
    },
  }
}

function hangs({ checked }: TableJob, index: number, deadlineMs: number): Finding {
  const row = checked.decisions.rows[index]
  const message = `expected an answer within ${deadlineMs} ms, got none: the policy does not come to an end`
  const help = 'look for what grows with the input: a range, a walk, a pattern'
  if (row !== undefined) return findingAt(checked.decisions.file, row)('EVALUATION_HANGS', message, help)
  const file = checked.decisions.file
  return { code: 'EVALUATION_HANGS', severity: 'error', file, line: 1, column: 1, message, help }
}

function doesNotLoad({ checked }: TableJob, error: string): Finding {
  const [code, severity, file] = ['POLICY_NOT_LOADED', 'error', `policies/${checked.name}/decision.rego`] as const
  const help = 'decision.rego has to define decision, visible and alerts, as policies/README.md says'
  return { code, severity, file, line: 1, column: 1, message: error, help }
}
