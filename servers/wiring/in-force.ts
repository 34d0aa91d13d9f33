import type { ActivePolicy, PolicyHolder, PolicyStatus } from '../policy/status.ts'
import type { Failure } from './credentials-opener.ts'
import type { ErpClients } from './erp-clients.ts'

/** How the server stands: as its policy does, unless it cannot have its credentials. */
export type ForceStatus = Omit<PolicyStatus, 'lastError'> & { lastError: Failure | null }

/** The policy that calls are judged by: in force only once the client it needs is ready. */
export interface InForce {
  /** Null denies everything. */
  current(): ActivePolicy | null
  status(): ForceStatus
  /** Called after each change, when it is in force. */
  onChange(listener: (status: ForceStatus) => void): void
  /** Tries again to bring a policy into force that had to wait for its credentials. */
  retry(): void
}

/** Follows a policy holder. A policy whose ERP client cannot be made ready does not come into force. */
export async function inForce(
  holder: PolicyHolder,
  clients: Pick<ErpClients, 'prepare'>,
  unusable: () => Failure | null,
): Promise<InForce> {
  const listeners: ((status: ForceStatus) => void)[] = []
  let judged: ActivePolicy | null = null

  const current = (): ActivePolicy | null => (holder.current() === null ? null : judged)
  const status = (): ForceStatus => {
    const told = holder.status()
    const active = current()
    const failure = unusable()
    const lastError = told.lastError ?? failure
    if (active === null) return { ...told, state: 'denying', revision: null, lastError }
    const state = told.state === 'enforcing' && failure !== null ? 'degraded' : told.state
    return { ...told, state, revision: active.revision, lastError }
  }
  const follow = async (): Promise<void> => {
    const next = holder.current()
    if (next !== null && next !== judged) {
      await clients.prepare(next)
      if ((judged?.revision ?? 0) < next.revision) judged = next
    }
  }
  const changed = (): void => {
    follow()
      .catch(() => undefined)
      .finally(() => {
        for (const listener of listeners) listener(status())
      })
  }
  await follow().catch(() => undefined)
  holder.onChange(changed)
  return {
    current,
    status,
    onChange: (listener) => void listeners.push(listener),
    retry() {
      if (holder.current() !== judged) changed()
    },
  }
}
