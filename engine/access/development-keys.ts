import { join } from 'node:path'
import { exists, type KeyUse, replaceFile } from './key-file.ts'
import { newKey } from './keys.ts'
import { issuerKeysPath, trustPath, writePublicKeys } from './public-keys.ts'
import { findSigningKey, type SigningKey, signingKey } from './signing-key.ts'

const DAYS = 90
/** A key about to end is replaced in time. */
const RESERVE_MS = 7 * 86_400_000

export interface DevelopmentKeys {
  bundle: SigningKey
  token: SigningKey
  /** For emergency narrowings, beside the servers of `up`. */
  revocation: SigningKey
  /** Public halves, as servers are given them. */
  trustFile: string
  tokenKeysFile: string
}

/**
 * The development keys of `up` and `build`, made where there are none (`.alcada/`). Whoever trusts them is a
 * development server, so nothing made here can ever be taken for production.
 */
export async function developmentKeys(folder: string, now: () => number = Date.now): Promise<DevelopmentKeys> {
  await keepOutOfRepository(folder)
  const bundle = await keyFor(folder, 'bundle', now)
  const token = await keyFor(folder, 'token', now)
  const revocation = await keyFor(folder, 'revocation', now)
  await writePublicKeys(folder)
  return { bundle, token, revocation, trustFile: trustPath(folder), tokenKeysFile: issuerKeysPath(folder) }
}

/** Keys and credentials do not get into anybody's repository by accident. */
export async function keepOutOfRepository(folder: string): Promise<void> {
  const ignore = join(folder, '.gitignore')
  if (!(await exists(ignore))) await replaceFile(ignore, '*\n', 0o644)
}

async function keyFor(folder: string, use: KeyUse, now: () => number): Promise<SigningKey> {
  const found = await findSigningKey({ folder, use, development: true, now })
  if (found !== null && found.notAfterMs - now() > RESERVE_MS) return found
  await newKey({ folder, use, development: true, days: DAYS, now })
  return signingKey({ folder, use, development: true, now })
}
