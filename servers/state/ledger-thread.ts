import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './database.ts'
import { BatchError, type LedgerWriter, ledgerWriter, OperationError } from './ledger-writer.ts'
import type { Reply, Request } from './operation.ts'

/** Between attempts to write again after a failure, in milliseconds: nothing is asked of a server that is not ready. */
const PROBE_MS = 1_000
/** Operations in one transaction. */
const BATCH = 512

const port = parentPort
if (port === null) throw new Error('the ledger runs in a thread of its own')
const { path, erp, busyTimeoutMs }: { path: string; erp: string; busyTimeoutMs: number } = workerData
const writer = ledgerWriter(openDatabase(path, busyTimeoutMs), erp)
let queue: Request[] = []
let probe: NodeJS.Timeout | null = null

const reply = (message: Reply): void => port.postMessage(message)

// While one transaction is being made durable, the next requests gather: they share the next one.
function flush(): void {
  const batch = queue.slice(0, BATCH)
  queue = queue.slice(BATCH)
  // Stopping wrote what this turn of the loop was planned for.
  if (batch.length === 0) return
  if (queue.length > 0) setImmediate(flush)
  writeAll(writer, batch)
}

function writeAll(to: LedgerWriter, batch: readonly Request[]): void {
  try {
    const answers = to.write(batch.map(({ operation }) => operation))
    healthy()
    batch.forEach(({ id }, index) => {
      reply({ kind: 'answer', id, answer: answers[index] ?? null })
    })
  } catch (error) {
    // One bad operation must not take the others with it: each again, alone.
    if (error instanceof BatchError && error.at === 'operation' && batch.length > 1) {
      for (const request of batch) writeAll(to, [request])
      return
    }
    const message = error instanceof Error ? error.message : 'the ledger was not written'
    const senseless = error instanceof BatchError && error.cause instanceof OperationError
    if (!senseless) unhealthy(message)
    for (const { id, operation } of batch) {
      if (operation.op === 'close') to.lose(operation.event.entry)
      reply({ kind: 'error', id, message })
    }
  }
}

function healthy(): void {
  if (probe === null) return
  clearInterval(probe)
  probe = null
  reply({ kind: 'health', ready: true, message: '' })
}

function unhealthy(message: string): void {
  if (probe !== null) return
  reply({ kind: 'health', ready: false, message })
  probe = setInterval(() => {
    try {
      writer.probe()
      healthy()
    } catch {
      // Still broken: the next probe tells.
    }
  }, PROBE_MS)
}

port.on('message', (message: Request | 'stop') => {
  if (message === 'stop') {
    while (queue.length > 0) flush()
    if (probe !== null) clearInterval(probe)
    writer.close()
    port.close()
    return
  }
  if (queue.length === 0) setImmediate(flush)
  queue.push(message)
})
reply({ kind: 'health', ready: true, message: '' })
