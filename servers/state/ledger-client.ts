import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Answers, Operation, Reply, Request } from './operation.ts'

/** The ledger could not be written or read. Nothing may be done that would have to stand in it. */
export class LedgerError extends Error {
  readonly code = 'ledger_unavailable'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LedgerError'
  }
}

export interface LedgerClient {
  ready(): boolean
  /** Resolves when the answer is durable. Throws LedgerError. */
  ask<Name extends Operation['op']>(operation: Extract<Operation, { op: Name }>): Promise<Answers[Name]>
  stop(): Promise<void>
}

export interface LedgerThreadOptions {
  path: string
  erp: string
  /** How long another process's lock on the database is waited for, in milliseconds. */
  busyTimeoutMs: number
  /** Heap of the thread, in megabytes. */
  heapMb: number
  /** Hears when the ledger becomes writable, or stops being so. */
  onHealth: (ready: boolean, message: string) => void
}

/** Starts the thread that owns the database. Throws LedgerError when it cannot be opened. */
export async function startLedger(options: LedgerThreadOptions): Promise<LedgerClient> {
  const { path, erp, busyTimeoutMs, heapMb, onHealth } = options
  // In the package the thread is JavaScript, as this file then is.
  const file = new URL(`./ledger-thread${extname(import.meta.url)}`, import.meta.url)
  const workerData = { path, erp, busyTimeoutMs }
  const worker = new Worker(file, { workerData, resourceLimits: { maxOldGenerationSizeMb: heapMb } })
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: LedgerError) => void }>()
  let next = 1
  let ready = false
  let ended: LedgerError | null = null
  let stopping = false

  const end = (error: LedgerError): void => {
    if (ended !== null) return
    ended = error
    // An end that was asked for is no failure.
    if (ready && !stopping) onHealth(false, error.message)
    ready = false
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const started = Promise.withResolvers<void>()
  started.promise.catch(() => undefined)
  worker.on('message', (reply: Reply) => {
    if (reply.kind === 'health') {
      ready = reply.ready
      started.resolve()
      onHealth(reply.ready, reply.message)
      return
    }
    const caller = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.kind === 'answer') caller?.resolve(reply.answer)
    else caller?.reject(new LedgerError(reply.message))
  })
  worker.on('error', (cause) => {
    const error = new LedgerError(
      `the ledger's thread failed: ${cause instanceof Error ? cause.message : 'unknown error'}`,
      {
        cause,
      },
    )
    end(error)
    started.reject(error)
  })
  worker.on('exit', () => end(new LedgerError("the ledger's thread has ended")))
  worker.on('messageerror', () => void worker.terminate())

  await started.promise
  return {
    ready: () => ready,
    ask(operation) {
      return new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended)
        const request: Request = { id: next, operation }
        next += 1
        // The thread answers an operation with its own kind of answer: see Answers.
        waiting.set(request.id, { resolve: resolve as (answer: unknown) => void, reject })
        worker.postMessage(request)
      })
    },
    async stop() {
      if (ended !== null) return
      stopping = true
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      worker.postMessage('stop')
      await exited
    },
  }
}
