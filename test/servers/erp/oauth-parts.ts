import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { CredentialSpec, OAuth2Auth } from '../../../engine/contract/erp.ts'
import type { Place } from '../../helpers/state/databases.ts'

export const SPEC: CredentialSpec = { secret: ['client_id', 'client_secret'], granted: ['refresh_token'] }

/** How erp.yaml says it, of the provider at this address. */
export function byCode(url: string, change: Partial<OAuth2Auth> = {}): OAuth2Auth {
  return {
    in: 'oauth2',
    grant: 'authorization_code',
    authorizeUrl: `${url}/auth`,
    tokenUrl: `${url}/token`,
    clientId: 'client_id',
    clientSecret: 'client_secret',
    clientAuth: 'basic',
    refreshToken: 'refresh_token',
    ...change,
  }
}
export function byClient(url: string): OAuth2Auth {
  const { authorizeUrl, refreshToken, ...rest } = byCode(url, { grant: 'client_credentials', scopes: ['payables'] })
  return rest
}

/** Asks the database itself, beside the state that has it open. */
export async function sql({ path, databaseUrl }: Place, text: string): Promise<Record<string, unknown>[]> {
  if (databaseUrl === null) {
    const file = new DatabaseSync(join(path, 'ledger.sqlite'))
    try {
      return file.prepare(text).all()
    } finally {
      file.close()
    }
  }
  const database = new pg.Client({ connectionString: databaseUrl })
  await database.connect()
  try {
    // Each ERP has a schema of its own in it.
    await database.query('SET search_path TO erp_omie')
    return (await database.query(text)).rows
  } finally {
    await database.end()
  }
}
