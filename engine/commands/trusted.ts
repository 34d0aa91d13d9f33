import { readFile } from 'node:fs/promises'
import { trustPath } from '../access/public-keys.ts'
import type { Trust } from '../contract/bundle-claims.ts'
import { parseTrust } from '../contract/trust.ts'
import type { Environment } from './environment.ts'
import type { Workplace } from './workplace.ts'

/** The keys that servers trust: of ALCADA_TRUST_FILE, or else of the workplace. */
export async function readTrust({ passed }: Environment, { folder }: Workplace): Promise<Trust> {
  const file = passed['ALCADA_TRUST_FILE'] ?? trustPath(folder)
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`expected the keys that servers trust in \`${file}\`; name it in ALCADA_TRUST_FILE`, { cause })
  })
  return parseTrust(text)
}
