import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { DEFAULT_CLAIMS, type IdentityConfig, type IssuerConfig } from '../../engine/contract/identity-config.ts'
import { mayBeAsked } from './provider-answer.ts'
import { type RemoteKeysOptions, remoteKeys } from './remote-keys.ts'

export interface TrustedIssuer {
  /** The exact `iss`. */
  issuer: string
  /** Its public keys; each with `kid`. */
  jwks: JSONWebKeySet
}

/** An issuer whose tokens are taken now, and how they are read. */
export interface Issuer extends Omit<IssuerConfig, 'keys'> {
  findKey: JWTVerifyGetKey
  /** The embedded one: its keys are the same as long as the server runs. */
  own: boolean
}

/** The only algorithm of our own issuer. */
const OWN_ALGORITHMS = ['EdDSA', 'Ed25519']

/** The issuers that the policy in force trusts, by `iss`. */
export type Issuers = (identity: IdentityConfig | undefined) => ReadonlyMap<string, Issuer>

/** Remembers the keys of each provider from one policy to the next: a changed limit forgets nothing. */
export function trustedIssuers(local: readonly TrustedIssuer[], options: RemoteKeysOptions): Issuers {
  const own = local.map(
    ({ issuer, jwks }): Issuer => ({
      issuer,
      findKey: createLocalJWKSet(jwks),
      own: true,
      audience: null,
      algorithms: OWN_ALGORITHMS,
      scopes: [],
      claims: DEFAULT_CLAIMS,
      role_names: null,
      login: null,
    }),
  )
  const remembered = new Map<string, JWTVerifyGetKey>()
  const sets = new WeakMap<IdentityConfig, ReadonlyMap<string, Issuer>>()
  const ownOnly = byName(own)

  const keysOf = (entry: IssuerConfig): JWTVerifyGetKey => {
    const id = JSON.stringify([entry.issuer, entry.keys])
    const known = remembered.get(id) ?? remoteKeys(entry, options)
    remembered.set(id, known)
    return known
  }
  return (identity) => {
    if (identity === undefined) return ownOnly
    const known = sets.get(identity)
    if (known !== undefined) return known
    const others = identity.issuers
      .filter(({ issuer }) => mayBeAsked(issuer, options.development))
      .map(({ keys, ...entry }): Issuer => ({ ...entry, findKey: keysOf({ keys, ...entry }), own: false }))
    const made = byName([...others, ...(identity.embedded ? own : [])])
    sets.set(identity, made)
    return made
  }
}

function byName(issuers: readonly Issuer[]): ReadonlyMap<string, Issuer> {
  return new Map(issuers.map((issuer) => [issuer.issuer, issuer]))
}
