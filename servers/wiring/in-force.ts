import type { ActivePolicy, PolicyHolder, PolicyStatus } from '../policy/status.ts'
import type { ErpClients } from './erp-clients.ts'

/** The policy that calls are judged by: in force only once the client it needs is ready. */
export interface InForce {
  /** Null denies everything. */
  current(): ActivePolicy | null
  status(): PolicyStatus
  /** Called after each change, when it is in force. */
  onChange(listener: (status: PolicyStatus) => void): void
}

/** Follows a policy holder. A policy whose ERP client cannot be made ready does not come into force. */
export async function inForce(holder: PolicyHolder, clients: ErpClients): Promise<InForce> {
  const listeners: ((status: PolicyStatus) => void)[] = []
  let judged: ActivePolicy | null = null

  const current = (): ActivePolicy | null => (holder.current() === null ? null : judged)
  const status = (): PolicyStatus => {
    const told = holder.status()
    const active = current()
    if (told.state !== 'denying' && active === null) return { ...told, state: 'denying', revision: null }
    return { ...told, revision: active?.revision ?? null }
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
  return { current, status, onChange: (listener) => void listeners.push(listener) }
}
