import type { BankSeen } from '../../engine/contract/ledger.ts'
import { bankChangedAt } from './history-write.ts'
import { append, nextEntry } from './ledger-append.ts'
import { all, first, type Here, type Steps } from './sql.ts'

/** Bank data of a counterparty as it is now: a keyed digest, and tokens of what it is made of. */
export interface SeenBank extends BankSeen {
  scope: string
  digest: string
}

/** Remembers the bank data that was seen; what is other than before has changed now, whoever changed it, and has an entry. */
export function* sawBank(here: Here, { at_ms, parties }: { at_ms: number; parties: SeenBank[] }): Steps<null> {
  for (const { scope, digest, ...bank } of parties) {
    const known = yield* first('SELECT digest FROM history_bank WHERE scope = ?', scope)
    if (known?.['digest'] === digest) continue
    const before = known?.['digest'] ?? null
    yield* all(
      `INSERT INTO history_bank (scope, digest, changed_ms) VALUES (?, ?, NULL)
       ON CONFLICT (scope) DO UPDATE SET digest = excluded.digest`,
      ...[scope, digest],
    )
    // Of a counterparty that nobody had seen or changed there is nothing to tell.
    if (known !== null) yield* tell(here, at_ms, bank)
    if (before !== null) yield* bankChangedAt(scope, at_ms)
  }
  return null
}

/** Those of the parties whose bank data is not known, or other than known. Changes nothing. */
export function* unseenBank(
  _here: Here,
  parties: Pick<SeenBank, 'scope' | 'digest'>[],
): Steps<Pick<SeenBank, 'scope' | 'digest'>[]> {
  const unseen: Pick<SeenBank, 'scope' | 'digest'>[] = []
  for (const party of parties) {
    const known = yield* first('SELECT digest FROM history_bank WHERE scope = ?', party.scope)
    if (known?.['digest'] !== party.digest) unseen.push(party)
  }
  return unseen
}

function* tell(here: Here, at_ms: number, bank: BankSeen): Steps<void> {
  const entry = yield* nextEntry(here)
  const nobody = { request: null, caller: null, tool: null, revision: null, bundle: null, input: null, decision: null }
  const what = 'bank_seen'
  yield* append(here, at_ms, { kind: 'recorded', entry, what, code: what, ...nobody, count: 1, source: null, bank })
}
