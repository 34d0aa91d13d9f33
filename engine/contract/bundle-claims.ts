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
  /** Epoch seconds. */
  iat: number
  exp: number
  /** `opa 1.22.2`. */
  compiler: string
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
