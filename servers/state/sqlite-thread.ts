import { parentPort, workerData } from 'node:worker_threads'
import { groupCommit } from './group-commit.ts'
import type { Asked } from './operations.ts'
import type { Here } from './sql.ts'
import { openDatabase } from './sqlite-database.ts'
import { SQLITE_NOW_MS, sqliteDriver } from './sqlite-driver.ts'

/** What the thread is told and what it says. */
export type Request = { id: number; asked: Asked }
export type Reply =
  | { kind: 'answer'; id: number; answer: unknown }
  | { kind: 'error'; id: number; message: string }
  /** Whether the last transaction was written. */
  | { kind: 'health'; ready: boolean; message: string }

export interface ThreadData extends Pick<Here, 'erp' | 'replica' | 'instance' | 'leaseMs'> {
  path: string
  busyTimeoutMs: number
}

const port = parentPort
if (port === null) throw new Error('the ledger runs in a thread of its own')
const { path, busyTimeoutMs, ...place }: ThreadData = workerData
const reply = (message: Reply): void => port.postMessage(message)
const driver = sqliteDriver(openDatabase(path, busyTimeoutMs), { ...place, nowMs: SQLITE_NOW_MS, head: null })
const onHealth = (ready: boolean, message: string): void => reply({ kind: 'health', ready, message })
const ledger = await groupCommit({ driver, leaseMs: place.leaseMs, alone: true, onHealth })

port.on('message', (message: Request | 'stop') => {
  if (message === 'stop') {
    void ledger.stop().finally(() => port.close())
    return
  }
  const { id } = message
  ledger.do(message.asked).then(
    (answer) => reply({ kind: 'answer', id, answer }),
    (error: Error) => reply({ kind: 'error', id, message: error.message }),
  )
})
onHealth(true, '')
