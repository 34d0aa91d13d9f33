import { CredentialStoreError } from '../../engine/contract/credential-error.ts'
import { openCredentialStore } from '../../engine/contract/credential-store.ts'
import type { Erp } from '../../engine/contract/erp.ts'
import { type Credentials, CredentialsError } from './credentials.ts'
import { readOwnFile } from './own-file.ts'
import { openSecretsFile } from './secrets-file.ts'
import { readStoreKeys, type StoreKeySource } from './store-keys.ts'
import { credentialsFrom } from './values.ts'

/** What this server's credentials are kept in. */
export type CredentialsSource =
  /** Plain JSON, 0600: for stand-ins and secrets that an orchestrator mounts. */
  | { kind: 'file'; path: string }
  /** Sealed, with a key of its own: `alcada credentials`. */
  | { kind: 'store'; path: string; key: StoreKeySource }

/** Opens this ERP's credentials, and nobody else's. Throws CredentialsError. */
export async function openCredentials(
  source: CredentialsSource,
  { name, credentials: spec }: Pick<Erp, 'name' | 'credentials'>,
): Promise<Credentials> {
  if (source.kind === 'file') return openSecretsFile(source.path, spec)
  try {
    const sealed = new TextDecoder().decode(await readOwnFile(source.path, 'credential store'))
    const keys = await readStoreKeys(source.key)
    const { content } = await openCredentialStore(sealed, { erp: name, keys })
    const values = Object.entries(content.companies).map(([company, stored]) => [company, stored.values])
    return { ...credentialsFrom(Object.fromEntries(values), spec), keys: () => keys }
  } catch (error) {
    if (!(error instanceof CredentialStoreError)) throw error
    throw new CredentialsError(error.code, error.message, { cause: error })
  }
}

/** The files whose change means that there may be other credentials. */
export function filesOf(source: CredentialsSource): string[] {
  if (source.kind === 'file' || source.key.kind !== 'file') return [source.path]
  return [source.path, source.key.path]
}
