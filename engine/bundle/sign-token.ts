import { canonicalText } from '../contract/canonical.ts'

/** Whoever holds the private half: a key file, or a key management service. */
export interface Signer {
  /** Id of the key in `trust.json`. */
  keyId: string
  /** Ed25519 over these bytes (RFC 8032): 64 bytes. */
  sign(content: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** A compact EdDSA token over the canonical text of a payload. */
export async function signToken(payload: object, typ: string, signer: Signer): Promise<string> {
  const content = `${encode({ alg: 'EdDSA', kid: signer.keyId, typ })}.${encode(payload)}`
  const signature = await signer.sign(new TextEncoder().encode(content))
  return `${content}.${Buffer.from(signature).toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(canonicalText(value)).toString('base64url')
}
