import type { Credentials } from '../credentials/credentials.ts'
import { notSent } from './outcome.ts'

/** A credential's text, for the request that needs it. Throws ErpFailure where there is none. */
export function credentialOf(credentials: Credentials, company: string, name: string): string {
  try {
    const value = credentials.get(company, name)
    return typeof value === 'string' ? value : value.reveal()
  } catch (error) {
    if (isUnknownCredential(error)) throw notSent('auth', 'there is no credential for this company')
    throw error
  }
}

// Thrown by whatever store holds the credentials: this room knows their types only.
function isUnknownCredential(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'CREDENTIAL_UNKNOWN'
}
