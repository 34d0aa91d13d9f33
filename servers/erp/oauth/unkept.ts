import type { GrantKept, GrantPlace, SharedGrants } from '../../../engine/contract/erp-grant.ts'
import { askedOfState } from './no-token.ts'

/** What the ERP has given, until it is kept in the shared state: the token before it is spent, so it must not be lost. */
export interface Unkept {
  put(grant: GrantKept): void
  /** Keeps it, where there is any. False: another has been kept by now. Throws ErpFailure; then it is still here. */
  keep(place: GrantPlace): Promise<boolean>
  /** The same of everything. Never throws. */
  keepAll(): Promise<void>
}

export function openUnkept(grants: SharedGrants): Unkept {
  const given = new Map<string, GrantKept>()
  const keyOf = ({ company, origin }: GrantPlace): string => JSON.stringify([company, origin])

  async function keep(place: GrantPlace): Promise<boolean> {
    const grant = given.get(keyOf(place))
    if (grant === undefined) return true
    const isKept = await askedOfState(grants.keep(grant))
    if (given.get(keyOf(place)) === grant) given.delete(keyOf(place))
    return isKept
  }

  return {
    put(grant) {
      given.set(keyOf(grant), grant)
    },
    keep,
    async keepAll() {
      await Promise.allSettled([...given.values()].map(keep))
    },
  }
}
