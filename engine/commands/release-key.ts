import { type CommandKey, commandKey } from '../access/command-key.ts'
import { keyInText, type SigningKey, signingKey } from '../access/signing-key.ts'
import type { Trust } from '../contract/bundle-claims.ts'
import { trustedKey } from '../contract/trust.ts'
import type { ReleaseSettings } from './environment.ts'

export type ReleaseKey = SigningKey | CommandKey

/**
 * The key that bundles of production are signed with: a secret's text, a program of a key management service, or the
 * newest key of the folder that is not for development.
 * @throws AccessError, BundleError where the program's key is not one of trust.json
 */
export async function releaseKey(
  { key, command, keyId }: ReleaseSettings,
  { folder, trust, nowMs }: { folder: string; trust: Trust; nowMs: number },
): Promise<ReleaseKey> {
  if (key !== undefined && command !== undefined) {
    throw new Error('expected one of `ALCADA_BUNDLE_KEY`, `ALCADA_BUNDLE_KEY_COMMAND`')
  }
  const made = await (async (): Promise<ReleaseKey> => {
    if (key !== undefined) return keyInText(key, { use: 'bundle', from: 'ALCADA_BUNDLE_KEY' })
    if (command === undefined) return signingKey({ folder, use: 'bundle', development: false })
    if (keyId === undefined) throw new Error('expected `ALCADA_BUNDLE_KEY_ID` beside `ALCADA_BUNDLE_KEY_COMMAND`')
    return commandKey(command.trim().split(/\s+/), trustedKey(trust, keyId, 'bundle', nowMs))
  })()
  if (!made.development) return made
  throw new Error(`key \`${made.keyId}\` is for development: no server of production takes what it signs`)
}
