import type { CredentialStoreCode } from '../../engine/contract/credential-error.ts'
import type { CredentialKey } from '../../engine/contract/credential-key.ts'
import type { Secret } from './secret.ts'

/** One ERP's credentials, per company. Every store, whatever it is kept in, answers these questions. */
export interface Credentials {
  /** The CNPJs there is a credential for, sorted. */
  companies(): string[]
  /** The names of a company's values that policy files speak of as `secret:NAME`, sorted. */
  ofPolicy(company: string): string[]
  /** The value of `name` for a company: a Secret, or text where erp.yaml calls it plain. Throws CredentialsError. */
  get(company: string, name: string): Secret | string
  /** The keys of the store they come out of; absent or none where that is not sealed. */
  keys?(): readonly CredentialKey[]
}

export type CredentialsCode =
  | CredentialStoreCode
  | 'SECRETS_UNREADABLE'
  | 'SECRETS_OPEN_TO_OTHERS'
  | 'SECRETS_NOT_A_FILE'
  | 'SECRETS_MALFORMED'
  | 'SECRETS_COMPANY'
  | 'SECRETS_NAME_MISSING'
  | 'SECRETS_NAME_UNKNOWN'
  | 'CREDENTIAL_UNKNOWN'
  | 'KEY_COMMAND_FAILED'

/** What is wrong with a store or with a question to it; its message never holds a value. */
export class CredentialsError extends Error {
  readonly code: CredentialsCode

  constructor(code: CredentialsCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CredentialsError'
    this.code = code
  }
}
