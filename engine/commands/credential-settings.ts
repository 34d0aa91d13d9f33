import { existsSync } from 'node:fs'
import type { KeySource } from '../access/credential-keys.ts'
import type { CredentialStore } from '../access/credentials.ts'
import { workplaceOf } from './workplace.ts'

type Settings = Readonly<Record<string, string>>

const KEY_SETTINGS = [
  'ALCADA_CREDENTIALS_KEY_FILE',
  'ALCADA_CREDENTIALS_KEY',
  'ALCADA_CREDENTIALS_KEY_COMMAND',
] as const

/** The store the settings name, with the key they name; what they do not say is taken from `.alcada/`. */
export function credentialStoreOf(root: string, erp: string, settings: Settings): CredentialStore {
  const place = workplaceOf(root)
  return {
    erp,
    path: settings['ALCADA_CREDENTIALS_STORE'] || place.credentialStore(erp),
    key: keySource(settings) ?? { kind: 'file', path: place.credentialKey(erp) },
  }
}

/** Settings for a server that opens the store in `.alcada/`; none where there is no such store. */
export function ownStoreSettings(root: string, erp: string): Record<string, string> {
  const place = workplaceOf(root)
  if (!existsSync(place.credentialStore(erp))) return {}
  return {
    ALCADA_CREDENTIALS_STORE: place.credentialStore(erp),
    ALCADA_CREDENTIALS_KEY_FILE: place.credentialKey(erp),
  }
}

/** True when the settings name credentials of whatever kind. */
export function namesCredentials(settings: Settings): boolean {
  return ['ALCADA_SECRETS_FILE', 'ALCADA_CREDENTIALS_STORE'].some((name) => Boolean(settings[name]))
}

/** Settings without those that are one ERP's own credentials. */
export function withoutCredentials(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !name.startsWith('ALCADA_CREDENTIALS_')))
}

function keySource(settings: Settings): KeySource | null {
  const named = KEY_SETTINGS.filter((name) => Boolean(settings[name]))
  if (named.length > 1) throw new Error(`expected one of ${named.map((name) => `\`${name}\``).join(', ')}`)
  const [name] = named
  const text = name === undefined ? '' : (settings[name] ?? '')
  if (name === 'ALCADA_CREDENTIALS_KEY_FILE') return { kind: 'file', path: text }
  if (name === 'ALCADA_CREDENTIALS_KEY') return { kind: 'value', text }
  return name === undefined ? null : { kind: 'command', words: text.trim().split(/\s+/) }
}
