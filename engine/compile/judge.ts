import { Worker } from 'node:worker_threads'
import type { Finding } from '../contract/finding.ts'
import type { Answer } from './parity/case.ts'
import type { AnswerJob } from './parity/wasm.ts'
import { findingAt, type Judgement, type TableJob } from './table.ts'

/** What the thread is asked to do. */
export type Work = { kind: 'table'; job: TableJob } | { kind: 'answers'; job: AnswerJob }

export interface WorkRequest {
  id: number
  work: Work
  wasm: Uint8Array<ArrayBuffer>
  /** One Int32: the row or case that is being evaluated. */
  progress: SharedArrayBuffer
}

/** What came of it; of a kind of work only its own result. */
export interface WorkReply {
  id: number
  judgement?: Judgement
  answers?: Answer[]
  /** Why the policy could not be loaded. */
  error?: string
}

/** The work was not done: the policy did not come to an end at this row or case. */
interface Hang {
  hangsAt: number
}

export interface JudgeOptions {
  /** Time for one row and all that is left out of it, in milliseconds. Default 5_000. */
  deadlineMs?: number
}

/** Evaluates policies in a thread of its own, which can be ended when one does not come to an end. */
export interface Judge {
  /** A decision table. */
  judge(job: TableJob, wasm: Uint8Array<ArrayBuffer>): Promise<Judgement>
  /** Cases one by one; a message where the module does not load, the index of the case where it hangs. */
  answers(job: AnswerJob, wasm: Uint8Array<ArrayBuffer>): Promise<Answer[] | Hang | { error: string }>
  /** Ends the thread. Afterwards nothing may be asked of it. */
  close(): Promise<void>
}

// Compiled, this file's neighbours end in .js.
const WORKER = new URL(`./judge-worker${import.meta.url.slice(-3)}`, import.meta.url)

/** Starts the thread at once, so that it is ready by the time there is something to judge. */
export function startJudge({ deadlineMs = 5_000 }: JudgeOptions = {}): Judge {
  let worker = new Worker(WORKER)
  let next = 0
  let last: Promise<unknown> = Promise.resolve()

  const askOne = (work: Work, wasm: Uint8Array<ArrayBuffer>): Promise<WorkReply | Hang> =>
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
        resolve({ hangsAt: at })
      }
      const onReply = (reply: WorkReply): void => {
        if (reply.id !== id) return
        done()
        resolve(reply)
      }
      const onError = (error: Error): void => {
        done()
        worker = new Worker(WORKER)
        reject(error)
      }
      worker.on('message', onReply).on('error', onError)
      worker.postMessage({ id, work, wasm, progress } satisfies WorkRequest)
    })

  const ask = (work: Work, wasm: Uint8Array<ArrayBuffer>): Promise<WorkReply | Hang> => {
    const asked = last.then(() => askOne(work, wasm))
    last = asked.catch(() => undefined)
    return asked
  }

  return {
    async judge(job, wasm) {
      const reply = await ask({ kind: 'table', job }, wasm)
      if ('hangsAt' in reply) return { findings: [hangs(job, reply.hangsAt, deadlineMs)], differing: [] }
      return reply.judgement ?? { findings: [doesNotLoad(job, reply.error ?? '')], differing: [] }
    },
    async answers(job, wasm) {
      const reply = await ask({ kind: 'answers', job }, wasm)
      if ('hangsAt' in reply) return reply
      return reply.answers ?? { error: reply.error ?? '' }
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
