/** Claims of a bundle's signature: who, when and why. `scope` binds it to one ERP, as stock OPA does too. */
export interface BundleClaims {
  /** The ERP. */
  scope: string
  /** Only ever rises within a channel. */
  revision: number
  /** Git commit, 40 hex digits; null only under a development key. */
  commit: string | null
  pull_request: number | null
  author: string | null
  approvers: string[]
  /** The required check that was green on what was merged: its number at GitHub. Null only under a development key. */
  check_run: number | null
  /** Only in an emergency rollback, which two persons sign with their revocation keys; the claims above are those of the old content. */
  rollback?: RollbackClaim
  /** Epoch seconds. */
  iat: number
  exp: number
  /** `opa 1.22.2`. */
  compiler: string
}

/** Why old content bears a new number without a merged pull request, and who says so. */
export interface RollbackClaim {
  /** The revision whose content this is. */
  to: number
  /** What it takes back. While main still says this content, it is not published again. */
  from: { revision: number; digest: string }
  reason: string
  /** The token under which the content was published: it came by a merged pull request then. */
  original: string
  /** The other person's token: the same request, signed with another key. */
  request: string
}

/** The keys a server trusts: `trust.json`. */
export interface Trust {
  keys: TrustedKey[]
}

export interface TrustedKey {
  id: string
  use: 'bundle' | 'revocation' | 'checkpoint'
  /** A development key makes the server a development server: loopback only, provenance not required. */
  development: boolean
  /** ISO 8601 instants. */
  not_before: string
  not_after: string
  /** Ed25519 public key as JWK. */
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string }
}

/** Names of the files in a bundle, as in the tar (with a leading slash there, as OPA writes them). */
export const BUNDLE_FILES = {
  manifest: '.manifest',
  data: 'data.json',
  wasm: 'policy.wasm',
  signatures: '.signatures.json',
  catalogue: 'catalogue.json',
  canaries: 'canaries.json',
} as const
