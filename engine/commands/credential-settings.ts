import { existsSync } from 'node:fs'
import type { KeySource } from '../access/credential-keys.ts'
import type { CredentialStore } from '../access/credentials.ts'
import type { Workplace } from './workplace.ts'

type Settings = Readonly<Record<string, string>>

const KEY_SETTINGS = [
  'ALCADA_CREDENTIALS_KEY_FILE',
  'ALCADA_CREDENTIALS_KEY',
  'ALCADA_CREDENTIALS_KEY_COMMAND',
] as const

/** The store the settings name, with the key they name; what they do not say is taken from `.alcada/`. */
export function credentialStoreOf(place: Workplace, erp: string, settings: Settings): CredentialStore {
  return {
    erp,
    path: settings['ALCADA_CREDENTIALS_STORE'] || place.credentialStore(erp),
    key: keySource(settings) ?? { kind: 'file', path: place.credentialKey(erp) },
  }
}

/** Where a server finds its credentials when its settings do not say: the store in `.alcada/`, or else the secrets file. */
export function credentialSettings(place: Workplace, erp: string, settings: Settings): Record<string, string> {
  const store = settings['ALCADA_CREDENTIALS_STORE'] || place.credentialStore(erp)
  const named = Boolean(settings['ALCADA_CREDENTIALS_STORE'])
  if (!named && (Boolean(settings['ALCADA_SECRETS_FILE']) || !existsSync(store))) {
    return { ALCADA_SECRETS_FILE: place.secretsFile(erp) }
  }
  const key = keySource(settings) === null ? { ALCADA_CREDENTIALS_KEY_FILE: place.credentialKey(erp) } : {}
  return { ALCADA_CREDENTIALS_STORE: store, ...key }
}

/** What can be right for one server only: its credentials, its keys, its place, whoever calls it. */
const OF_ONE =
  /^ALCADA_(CREDENTIALS_.*|SECRETS_FILE|MASK_KEY_FILE|CHECKPOINT_KEY_FILE|DATABASE_URL|REPLICA|BASE_URL|STDIO|TOKEN_FILE)$/

/** The names of settings that only one server can be told. */
export function thoseOfOne(settings: Settings): string[] {
  return Object.keys(settings).filter((name) => OF_ONE.test(name))
}

/** Settings without those that are one ERP's own, for a command that starts several servers. */
export function withoutThoseOfOne(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !OF_ONE.test(name)))
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
