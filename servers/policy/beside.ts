import { Worker } from 'node:worker_threads'
import type { Decision } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import type { PolicySource } from '../../engine/contract/evaluate.ts'

export type BesideRequest =
  | { kind: 'load'; source: Pick<PolicySource, 'wasm' | 'data' | 'erp'> }
  | { kind: 'decide'; id: number; input: DecisionInput }

export type BesideReply = { kind: 'loaded'; error: string | null } | { kind: 'decided'; id: number; decision: Decision }

export interface BesideOptions {
  source: Pick<PolicySource, 'wasm' | 'data' | 'erp'>
  /** For one decision, in milliseconds. */
  decideMs: number
  /** Decisions that wait; what comes on top of them is dropped. */
  most: number
  /** It decides no more, and why. */
  onEnd(code: 'CANDIDATE_BROKEN' | 'CANDIDATE_HANGS' | 'CANDIDATE_FAILED', message: string): void
}

/** A policy in a thread of its own, which is ended when it does not answer in time. */
export interface Beside {
  /** False: dropped. `answer` is called later, or never. */
  decide(input: DecisionInput, answer: (decision: Decision) => void): boolean
  waiting(): number
  stop(): Promise<void>
}

// Compiled, this file's neighbours end in .js.
const WORKER = new URL(`./candidate-worker${import.meta.url.slice(-3)}`, import.meta.url)

/** Loading is longer than a decision. */
const LOAD_MS = 10_000

export function startBeside({ source, decideMs, most, onEnd }: BesideOptions): Beside {
  const worker = new Worker(WORKER, { resourceLimits: { maxOldGenerationSizeMb: 256 } })
  worker.unref()
  const queue: { input: DecisionInput; answer: (decision: Decision) => void }[] = []
  let asked: { id: number; answer: (decision: Decision) => void } | null = null
  let isLoaded = false
  let isOver = false
  let next = 0
  let timer = setTimeout(() => end('CANDIDATE_HANGS', 'it does not load in time'), LOAD_MS).unref()

  const end: BesideOptions['onEnd'] = (code, message) => {
    if (isOver) return
    close()
    void worker.terminate()
    onEnd(code, message)
  }
  worker.on('error', (error) => end('CANDIDATE_FAILED', error instanceof Error ? error.message : 'it failed'))
  worker.on('exit', () => end('CANDIDATE_FAILED', 'its thread ended'))
  worker.on('messageerror', () => end('CANDIDATE_FAILED', 'its answer cannot be read'))
  worker.on('message', (reply: BesideReply) => {
    if (isOver) return
    clearTimeout(timer)
    if (reply.kind === 'loaded') {
      if (reply.error !== null) return end('CANDIDATE_BROKEN', reply.error)
      isLoaded = true
    } else if (asked?.id === reply.id) {
      const { answer } = asked
      asked = null
      answer(reply.decision)
    }
    ask()
  })
  worker.postMessage({ kind: 'load', source } satisfies BesideRequest)

  function close(): void {
    isOver = true
    clearTimeout(timer)
    queue.length = 0
    asked = null
  }

  function ask(): void {
    if (!isLoaded || asked !== null || isOver) return
    const first = queue.shift()
    if (first === undefined) return
    const id = next++
    asked = { id, answer: first.answer }
    timer = setTimeout(() => end('CANDIDATE_HANGS', `one decision took longer than ${decideMs} ms`), decideMs).unref()
    worker.postMessage({ kind: 'decide', id, input: first.input } satisfies BesideRequest)
  }

  return {
    decide(input, answer) {
      if (isOver || queue.length >= most) return false
      queue.push({ input, answer })
      // Not before the reply that this decision belongs to has gone on its way.
      setImmediate(ask)
      return true
    },
    waiting: () => queue.length + (asked === null ? 0 : 1),
    async stop() {
      close()
      await worker.terminate()
    },
  }
}
