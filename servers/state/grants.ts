import type { GrantPlace, SharedGrants } from '../../engine/contract/erp-grant.ts'
import { keyedDigest } from '../../engine/contract/ledger-token.ts'
import { purposeKey } from './approval-seal.ts'
import type { Store } from './store.ts'

/** The tokens of an ERP, kept in the database that replicas share. `key` is the ERP's own. */
export function grantsOver(store: Store, key: Uint8Array): SharedGrants {
  // What a grant was got with holds secrets: the database gets to see no more than whether it is the same.
  const kept = <Place extends GrantPlace>(place: Place): Place => ({ ...place, origin: keyedDigest(place.origin, key) })
  return {
    key: { id: 'state', bytes: purposeKey(key, 'grant') },
    take: (taking) => store.ask('takeGrant', kept(taking)),
    keep: (grant) => store.ask('keepGrant', kept(grant)),
    async fail(failed) {
      await store.ask('failGrant', kept(failed))
    },
    all: () => store.ask('allGrants', null),
    async reseal(row) {
      await store.ask('resealGrant', row)
    },
  }
}
