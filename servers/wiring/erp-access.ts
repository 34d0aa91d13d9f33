import { join } from 'node:path'
import type { Redactor } from '../credentials/redactor.ts'
import type { CredentialsSource } from '../credentials/source.ts'
import type { LimitHit } from '../erp/shared-turn.ts'
import type { PolicyHolder } from '../policy/status.ts'
import type { State } from '../state/state.ts'
import { credentialsOpener } from './credentials-opener.ts'
import { type ErpClients, erpClients } from './erp-clients.ts'
import { followCredentials } from './follow-credentials.ts'
import { grantLog } from './grant-log.ts'
import { type InForce, inForce } from './in-force.ts'
import type { Log } from './log.ts'
import { upstreamLog } from './upstream-log.ts'

export interface ErpAccessOptions {
  source: CredentialsSource
  holder: PolicyHolder
  redactor: Redactor
  state: Pick<State, 'record' | 'limits' | 'grants'>
  onLimit: (hit: LimitHit) => void
  /** Where an upstream that is a program is looked for, and works. */
  upstreamPath: string | null
  stateDir: string
  log: Log
  now: () => number
}

export interface ErpAccess {
  clients: ErpClients
  policy: InForce
  close(): Promise<void>
}

/** The ERP with its credentials, followed as they change, and the policy that is in force with them. */
export async function erpAccess({
  source,
  holder,
  redactor,
  state,
  onLimit,
  upstreamPath,
  stateDir,
  log,
  now,
}: ErpAccessOptions): Promise<ErpAccess> {
  const opener = credentialsOpener({ source, redactor, state, log, now })
  const limits = { shared: state.limits, onHit: onLimit }
  const upstream = { folder: join(stateDir, 'upstream'), path: upstreamPath, heard: upstreamLog(log) }
  const grants = { grants: state.grants, onGrant: grantLog(state, log) }
  const clients = erpClients({ open: opener.open, redactor, now, limits, grants, upstream })
  let following: InForce | null = null
  const unfollow = await followCredentials({ source, clients, opener, now, policy: () => following })
  const policy = await inForce(holder, clients, opener.failure)
  following = policy
  return {
    clients,
    policy,
    close() {
      unfollow()
      return clients.close()
    },
  }
}
