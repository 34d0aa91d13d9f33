import type { SharedLimits } from '../../engine/contract/erp-limit.ts'
import type { Store } from './store.ts'

/** The ERP's limits, kept in the database that replicas share. */
export function limitsOver(store: Store): SharedLimits {
  return {
    take: (taking) => store.ask('takeLimit', taking),
    async end(ending) {
      await store.ask('endLimit', ending)
    },
  }
}
