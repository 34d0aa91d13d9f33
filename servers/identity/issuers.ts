import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { DEFAULT_CLAIMS, type IdentityConfig, type IssuerConfig } from '../../engine/contract/identity-config.ts'
import { mayBeAsked } from './provider-answer.ts'
import { type RemoteKeysOptions, remoteKeys } from './remote-keys.ts'

export interface TrustedIssuer {
  /** The exact `iss`. */
  issuer: string
  /** Its public keys, each with `kid`; or what tells them: another set is another object. */
  jwks: JSONWebKeySet | (() => JSONWebKeySet)
}

/** An issuer whose tokens are taken now, and how they are read. */
export interface Issuer extends Omit<IssuerConfig, 'keys'> {
  findKey: JWTVerifyGetKey
  /** The keys at hand now, of the embedded one; null: a provider's, which may go at any time. */
  keySet: (() => JSONWebKeySet) | null
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
      ...keysAtHand(typeof jwks === 'function' ? jwks : () => jwks),
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
      .map(({ keys, ...entry }): Issuer => ({ ...entry, findKey: keysOf({ keys, ...entry }), keySet: null }))
    const made = byName([...others, ...(identity.embedded ? own : [])])
    sets.set(identity, made)
    return made
  }
}

function keysAtHand(keySet: () => JSONWebKeySet): Pick<Issuer, 'findKey' | 'keySet'> {
  let known = { set: keySet(), find: createLocalJWKSet(keySet()) }
  return {
    keySet,
    findKey(header, token) {
      const set = keySet()
      if (set !== known.set) known = { set, find: createLocalJWKSet(set) }
      return known.find(header, token)
    },
  }
}

function byName(issuers: readonly Issuer[]): ReadonlyMap<string, Issuer> {
  return new Map(issuers.map((issuer) => [issuer.issuer, issuer]))
}
