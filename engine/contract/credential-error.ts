export type CredentialStoreCode =
  /** No key, or text that is none. */
  | 'STORE_KEY_MALFORMED'
  /** Sealed with a key that is not among those given. */
  | 'STORE_KEY_WRONG'
  | 'STORE_OTHER_ERP'
  /** Cut off, or no store at all. */
  | 'STORE_MALFORMED'
  /** The key is right and the seal is not. */
  | 'STORE_ALTERED'

/** Why a credential store cannot be opened; its message never holds a value nor a key. */
export class CredentialStoreError extends Error {
  readonly code: CredentialStoreCode

  constructor(code: CredentialStoreCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CredentialStoreError'
    this.code = code
  }
}
