import { groupCommit } from './group-commit.ts'
import { type Answer, ask } from './operations.ts'
import { POSTGRES_NOW_MS, postgresDriver } from './postgres-driver.ts'
import type { Here } from './sql.ts'
import { LedgerError, type Store } from './store.ts'

export interface PostgresOptions extends Pick<Here, 'erp' | 'replica' | 'instance' | 'leaseMs'> {
  /** `postgres://…` */
  url: string
  /** This machine's clock, epoch milliseconds. Default Date.now. */
  clock?: (() => number) | undefined
  /** Hears when the ledger becomes writable, or stops being so. */
  onHealth: (ready: boolean, message: string) => void
}

/** Connects to the database that the replicas of one ERP share. Throws LedgerError when it cannot be used. */
export async function startPostgres({ url, clock, onHealth, ...place }: PostgresOptions): Promise<Store> {
  let ready = true
  const driver = postgresDriver(url, { ...place, nowMs: POSTGRES_NOW_MS, head: null })
  const heard = (now: boolean, message: string): void => {
    ready = now
    onHealth(now, message)
  }
  const ledger = await groupCommit({ driver, leaseMs: place.leaseMs, alone: false, clock, onHealth: heard }).catch(
    async (error: Error) => {
      await driver.close().catch(() => undefined)
      throw new LedgerError(`the database cannot be used: ${error.message}`, { cause: error })
    },
  )
  onHealth(true, '')
  return {
    ready: () => ready,
    async ask(name, input) {
      try {
        // The table of operations answers each with its own kind of answer.
        return (await ledger.do(ask(name, input))) as Answer<typeof name>
      } catch (error) {
        throw new LedgerError(error instanceof Error ? error.message : 'the ledger cannot be used', { cause: error })
      }
    },
    async stop() {
      ready = false
      await ledger.stop()
    },
  }
}
