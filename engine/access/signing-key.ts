import { createPrivateKey, sign } from 'node:crypto'
import { isValidAt } from '../contract/trust.ts'
import { AccessError } from './access-error.ts'
import { type KeyFile, type KeyUse, parseKeyFile, readKeyFiles } from './key-file.ts'

/** A key that signs and cannot be printed. It is a `Signer` of engine/bundle. */
export interface SigningKey {
  keyId: string
  use: KeyUse
  development: boolean
  /** Epoch milliseconds at which it ends. */
  notAfterMs: number
  /** Ed25519 (RFC 8032), deterministic: 64 bytes. */
  sign(content: Uint8Array): Uint8Array
}

export interface SigningKeyOptions {
  folder: string
  use: KeyUse
  /** Only a development key, or only another; without it either. */
  development?: boolean
  /** Epoch milliseconds. */
  now?: () => number
}

/**
 * The newest key of a use that is valid now and whose private half is here.
 * @throws AccessError KEY_NONE, KEY_EXPOSED, KEY_MALFORMED
 */
export async function signingKey(options: SigningKeyOptions): Promise<SigningKey> {
  const key = await findSigningKey(options)
  if (key !== null) return key
  const { folder, use } = options
  throw new AccessError(
    'KEY_NONE',
    `no ${use} key in \`${folder}\` can sign; make one with \`alcada keys new --use ${use}\``,
  )
}

/** As signingKey, with null where there is none. */
export async function findSigningKey(options: SigningKeyOptions): Promise<SigningKey | null> {
  const { folder, use, development, now = Date.now } = options
  const nowMs = now()
  const found = (await readKeyFiles(folder)).find((key) => {
    const wanted = development === undefined || key.development === development
    return wanted && key.use === use && key.jwk.d !== undefined && isValidAt(key, nowMs)
  })
  return found === undefined ? null : open(found)
}

/**
 * The key of a release, whose text comes out of a secret of the environment.
 * @throws AccessError KEY_MALFORMED, KEY_NONE
 */
export function keyInText(
  text: string,
  { use, from, now = Date.now }: { use: KeyUse; from: string; now?: () => number },
): SigningKey {
  const key = parseKeyFile(text, from)
  if (key.use === use && key.jwk.d !== undefined && isValidAt(key, now())) return open(key)
  throw new AccessError('KEY_NONE', `key \`${key.id}\` in ${from} is no ${use} key that can sign now`)
}

function open({ id, use, development, not_after, jwk }: KeyFile): SigningKey {
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return {
    keyId: id,
    use,
    development,
    notAfterMs: Date.parse(not_after),
    sign: (content) => sign(null, content, privateKey),
  }
}
