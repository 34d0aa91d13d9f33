import { type CredentialsSource, filesOf } from '../credentials/source.ts'
import { watchFiles } from '../credentials/watch.ts'
import type { Opener } from './credentials-opener.ts'
import type { ErpClients } from './erp-clients.ts'
import type { InForce } from './in-force.ts'

/** Between two attempts at what cannot be opened, in milliseconds: the key's command may answer by then. */
const RETRY_MS = 30_000

export interface FollowCredentials {
  source: CredentialsSource
  clients: Pick<ErpClients, 'reopen'>
  opener: Pick<Opener, 'failure'>
  now: () => number
  /** Null while it is being started. */
  policy: () => InForce | null
}

/** Takes changed credentials, or a changed key, into use without a restart. @returns stops it */
export function followCredentials({ source, clients, opener, now, policy }: FollowCredentials): Promise<() => void> {
  let triedAt = now()
  const changed = async (): Promise<void> => {
    triedAt = now()
    // What is wrong stands in the log, the ledger and /health; the values in use stay in use.
    await clients.reopen().catch(() => undefined)
    policy()?.retry()
  }
  const mustTry = (): boolean => opener.failure() !== null && now() - triedAt >= RETRY_MS
  return watchFiles(filesOf(source), changed, { mustTry })
}
