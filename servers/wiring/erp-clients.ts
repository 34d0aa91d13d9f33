import { digestOf } from '../../engine/contract/canonical.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { openSecretsFile } from '../credentials/secrets-file.ts'
import { createErpClient, type ErpClient } from '../erp/client.ts'
import type { ActivePolicy } from '../policy/status.ts'

/** The client of the ERP as the policy in force describes it. */
export interface ErpClients {
  of(active: ActivePolicy): ErpClient
  companies(): readonly string[]
  /** Makes the client of a policy ready before the first call needs it. */
  prepare(active: ActivePolicy): Promise<void>
  close(): Promise<void>
}

export interface ErpClientsOptions {
  secretsFile: string
  now: () => number
  onError: (error: Error) => void
}

/** A client lives as long as its catalogue is the same: a changed limit of rbac.yaml keeps sessions, budgets and memory. */
export function erpClients({ secretsFile, now, onError }: ErpClientsOptions): ErpClients {
  const clients = new Map<string, Promise<ErpClient>>()
  const ready = new WeakMap<ActivePolicy, ErpClient>()
  let credentials: Credentials | null = null

  const prepare = async (active: ActivePolicy): Promise<void> => {
    const key = digestOf(active.catalogue)
    let client = clients.get(key)
    if (client === undefined) {
      client = openSecretsFile(secretsFile, active.catalogue.erp.credentials).then((opened) => {
        credentials = opened
        return createErpClient({ catalogue: active.catalogue, credentials: opened, now })
      })
      clients.set(key, client)
      client.catch((error: unknown) => {
        clients.delete(key)
        onError(error instanceof Error ? error : new Error(String(error)))
      })
    }
    ready.set(active, await client)
  }

  return {
    prepare,
    of(active) {
      const client = ready.get(active)
      if (client === undefined) throw new Error('the ERP client is not ready')
      return client
    },
    companies: () => credentials?.companies() ?? [],
    async close() {
      const open = await Promise.allSettled(clients.values())
      await Promise.all(open.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)))
    },
  }
}
