import { Secret } from '../credentials/secret.ts'
import type { CredentialsSource } from '../credentials/source.ts'
import type { StoreKeySource } from '../credentials/store-keys.ts'
import { ConfigError, type Environment } from './setting.ts'

/** Where the ERP's credentials are: a sealed store with its key, or a file. Throws ConfigError. */
export function credentialsSetting(env: Environment, erp: string): CredentialsSource {
  const path = env['ALCADA_CREDENTIALS_STORE']
  if (path) return { kind: 'store', path, key: storeKey(env) }
  const what = `the store of ${erp}, or \`ALCADA_SECRETS_FILE\`: its credentials in a file of mode 0600`
  if (!env['ALCADA_SECRETS_FILE']) throw new ConfigError(`expected \`ALCADA_CREDENTIALS_STORE\`: ${what}`)
  return { kind: 'file', path: env['ALCADA_SECRETS_FILE'] }
}

/** One place and no other: of two, somebody would change the one that is not read. */
function storeKey(env: Environment): StoreKeySource {
  const {
    ALCADA_CREDENTIALS_KEY_FILE: path,
    ALCADA_CREDENTIALS_KEY: text,
    ALCADA_CREDENTIALS_KEY_COMMAND: command,
  } = env
  if ([path, text, command].filter(Boolean).length !== 1) {
    const names = ['_FILE', '', '_COMMAND'].map((end) => `\`ALCADA_CREDENTIALS_KEY${end}\``)
    throw new ConfigError(`expected exactly one of ${names.join(', ')}: the key of the credential store`)
  }
  if (path) return { kind: 'file', path }
  if (text) return { kind: 'value', text: new Secret(text) }
  return { kind: 'command', words: (command ?? '').trim().split(/\s+/) }
}
