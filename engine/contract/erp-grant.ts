import type { CredentialKey } from './credential-key.ts'

// What the replicas of one ERP's server tell each other of the tokens that they call it with (OAuth 2), through the
// database they share. Times in milliseconds, counted by the database's clock.

/** One company's access to its ERP. */
export interface GrantPlace {
  company: string
  /** What it was got with: after another login, or with another client, it is another grant. Kept as a keyed digest alone. */
  origin: string
}

/** Who needs a token. */
export interface GrantTaking extends GrantPlace {
  /** Names this process. */
  holder: string
  /** The version whose token the ERP refused; null: none was. */
  refused: number | null
  /** Whoever renews and tells nothing of it (a crash) is waited for so long. */
  hold_ms: number
}

export type GrantTaken =
  /** It may be used for `left_ms`, and need not be renewed for `renew_in_ms`. */
  | { kind: 'given'; version: number; sealed: string; left_ms: number; renew_in_ms: number }
  /** Yours to renew, and nobody else's. `left_ms`: how long the token that is there may still be used. */
  | { kind: 'renew'; version: number; sealed: string | null; left_ms: number }
  /** Somebody else renews it. */
  | { kind: 'wait'; ms: number }
  /** The last attempt failed like this: nobody asks again yet. */
  | { kind: 'failed'; why: string; ms: number }
  /** The ERP refused also the token that was got because of a refusal. */
  | { kind: 'refused_again'; ms: number }
  /** Only a new login helps. refused: the ERP says so. restored: what is kept here comes out of a backup, and may be spent. */
  | { kind: 'ended'; why: 'refused' | 'restored' }

/** What was got, in place of that version. */
export interface GrantKept extends GrantPlace {
  version: number
  sealed: string
  lives_ms: number
  renew_in_ms: number
  /** It was got because the ERP refused the one before. */
  after_refusal: boolean
  /** The ERP takes a refresh token once: one out of a backup is spent. */
  rotates: boolean
}

export interface GrantFailed extends GrantPlace {
  holder: string
  version: number
  why: string
  /** The ERP says that there is no such grant any more. */
  ended: boolean
  /** It asked to be left alone for so long; otherwise it is a second, doubled with each failure, at most a minute. */
  wait_ms: number
}

/** A grant as it is kept. */
export interface GrantRow {
  company: string
  origin: string
  version: number
  sealed: string
}

/** The grants as all replicas keep them together. All of it rejects when the database cannot be asked. */
export interface SharedGrants {
  /** Seals grants where the credentials are no sealed store. */
  key: CredentialKey
  take(taking: GrantTaking): Promise<GrantTaken>
  /** False: somebody else has kept another by now. */
  keep(kept: GrantKept): Promise<boolean>
  fail(failed: GrantFailed): Promise<void>
  all(): Promise<GrantRow[]>
  /** Puts the same, sealed with another key, in its place; nothing where it is another by now. */
  reseal(row: GrantRow): Promise<void>
}
