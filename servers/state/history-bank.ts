import { partyScope } from '../../engine/contract/history.ts'
import { keyedDigest, tokenised } from '../../engine/contract/ledger-token.ts'
import type { Store } from './store.ts'

/** What a record shows of a counterparty's bank data: contract/history.ts, bankText. */
export interface PartyBank {
  counterparty: string
  bank: string
}

/** Remembers bank data as keyed digests: what is other than before has changed now. Throws LedgerError. */
export async function rememberBank(
  store: Store,
  key: Uint8Array,
  at_ms: number,
  company: string,
  parties: readonly PartyBank[],
): Promise<void> {
  const digests = parties.map(({ counterparty, bank }) => {
    const scope = partyScope(company, counterparty)
    return { scope, digest: keyedDigest(`bank:${scope}:${bank}`, key) }
  })
  // Nearly always all is as it was, and a look waits for nobody.
  const unseen = await store.ask('unseenBank', digests)
  if (unseen.length === 0) return
  const shown = new Map(parties.map((party) => [partyScope(company, party.counterparty), party]))
  const seen = unseen.flatMap(({ scope, digest }) => {
    const party = shown.get(scope)
    if (party === undefined) return []
    const { counterparty, bank } = party
    return [{ scope, digest, company, counterparty, data: tokenised(JSON.parse(bank), key) }]
  })
  await store.ask('sawBank', { at_ms, parties: seen })
}
