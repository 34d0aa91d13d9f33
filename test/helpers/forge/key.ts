import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import type { Signer } from '../../../engine/bundle/sign-token.ts'
import type { Trust, TrustedKey } from '../../../engine/contract/bundle-claims.ts'

/** A fresh Ed25519 key with its entry for trust.json, and its halves as PEM for the opa command. */
export interface ForgedKey {
  signer: Signer
  trusted: TrustedKey
  privatePem: string
  publicPem: string
}

export function forgeKey(options: Partial<Omit<TrustedKey, 'jwk'>> = {}): ForgedKey {
  const pair = generateKeyPairSync('ed25519')
  const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const x = pair.publicKey.export({ format: 'jwk' }).x ?? ''
  const id = options.id ?? 'release-1'
  const trusted: TrustedKey = {
    id,
    use: 'bundle',
    development: false,
    not_before: '2026-01-01T00:00:00Z',
    not_after: '2027-12-31T00:00:00Z',
    ...options,
    jwk: { kty: 'OKP', crv: 'Ed25519', x },
  }
  const signer: Signer = {
    keyId: id,
    sign: (content) => sign(null, content, createPrivateKey(privatePem)),
  }
  return {
    signer,
    trusted,
    privatePem,
    publicPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

export function trustOf(...keys: ForgedKey[]): Trust {
  return { keys: keys.map((key) => key.trusted) }
}
