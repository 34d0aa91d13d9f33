import type { Erp } from '../../engine/contract/erp.ts'
import { parseStrictJson, StrictJsonError } from '../../engine/contract/strict-json.ts'
import { type Credentials, CredentialsError } from './credentials.ts'
import { readOwnFile } from './own-file.ts'
import { credentialsFrom } from './values.ts'

const LIMITS = { maxDepth: 2, maxBytes: 1_048_576 }

/** Reads `{"<CNPJ>": {"<name>": "<value>"}}`, 0600. Throws CredentialsError. */
export async function openSecretsFile(path: string, spec: Erp['credentials']): Promise<Credentials> {
  return credentialsFrom(parse(await readOwnFile(path, 'secrets file')), spec)
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, LIMITS)
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    throw new CredentialsError(
      'SECRETS_MALFORMED',
      `the secrets file is no valid JSON at byte ${error.offset}: ${error.message}`,
    )
  }
}
