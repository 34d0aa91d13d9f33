import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Answer } from './operations.ts'
import type { Reply, Request, ThreadData } from './sqlite-thread.ts'
import { LedgerError, type Store } from './store.ts'

export interface SqliteOptions extends ThreadData {
  /** Heap of the thread, in megabytes. */
  heapMb: number
  /** Hears when the ledger becomes writable, or stops being so. */
  onHealth: (ready: boolean, message: string) => void
}

/** Starts the thread that owns the database. Throws LedgerError when it cannot be opened. */
export async function startSqlite({ heapMb, onHealth, ...workerData }: SqliteOptions): Promise<Store> {
  // In the package the thread is JavaScript, as this file then is.
  const file = new URL(`./sqlite-thread${extname(import.meta.url)}`, import.meta.url)
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
    const message = `the ledger's thread failed: ${cause instanceof Error ? cause.message : 'unknown error'}`
    const error = new LedgerError(message, { cause })
    end(error)
    started.reject(error)
  })
  worker.on('exit', () => {
    const error = new LedgerError("the ledger's thread has ended")
    end(error)
    started.reject(error)
  })
  worker.on('messageerror', () => void worker.terminate())

  await started.promise
  return {
    ready: () => ready,
    ask(name, input) {
      return new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended)
        const request: Request = { id: next, asked: { name, input } }
        next += 1
        // The thread answers an operation with its own kind of answer: see Operations.
        const answered = (answer: unknown): void => resolve(answer as Answer<typeof name>)
        waiting.set(request.id, { resolve: answered, reject })
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
