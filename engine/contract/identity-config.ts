/** Whose tokens a server takes: `identity:` of security.yaml, with defaults filled in. */
export interface IdentityConfig {
  /** Tokens of the embedded issuer are taken too. */
  embedded: boolean
  issuers: IssuerConfig[]
}

export interface IssuerConfig {
  /** The exact `iss`. */
  issuer: string
  /** Where its keys are, or the document that names where they are (OpenID Connect Discovery; RFC 8414). */
  keys: { jwks: string } | { discovery: string }
  /** The exact and only `aud`; null: `alcada:<erp>`. */
  audience: string | null
  /** Signature algorithms that are taken, whatever a token's own header says (RFC 8725, 3.1). */
  algorithms: string[]
  /** Scopes that a token must have, all of them. */
  scopes: string[]
  /** Where the claims stand: JSON Pointers into the token's payload. */
  claims: {
    /** `registered`: the person that rbac.yaml names for the agent. */
    person: string
    agent: string
    roles: string
    companies: string
  }
  /** What the issuer calls our roles; null: the same as we do. What is not named here is no role of ours. */
  role_names: Record<string, string> | null
  /** How approvers sign in at the console with this issuer. Absent or null: they do not. */
  login?: LoginConfig | null
}

/** A client of an OpenID provider (OpenID Connect Core 1.0, 3.1: authorization code flow), always with PKCE. */
export interface LoginConfig {
  /** What the console calls the provider. */
  name: string
  client_id: string
  /** `secret:NAME`; null: a public client, which proves itself by PKCE alone. */
  client_secret: string | null
  /** Asked for beside `openid`. */
  scopes: string[]
  /** Where the person stands in the ID token: the same name that `callers` gives them. */
  person: string
}

/** Public key by which a caller proves itself to the embedded issuer (RFC 7523). */
export type CallerKey = { kty: 'OKP'; crv: 'Ed25519'; x: string } | { kty: 'EC'; crv: 'P-256'; x: string; y: string }

/** Asymmetric ones only: a shared secret would let every server that verifies issue tokens too. */
export const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'ES384', 'PS256', 'PS384', 'RS256', 'RS384', 'RS512'] as const

export const DEFAULT_ALGORITHMS: readonly string[] = ['EdDSA', 'ES256', 'PS256', 'RS256']

/** Where our own issuer puts them (RFC 8693, 4.1: `act.sub`). */
export const DEFAULT_CLAIMS: IssuerConfig['claims'] = {
  person: '/sub',
  agent: '/act/sub',
  roles: '/roles',
  companies: '/companies',
}

/** Instead of a pointer to the person. */
export const REGISTERED = 'registered'
