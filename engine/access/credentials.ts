import { CompactEncrypt } from 'jose'
import type { CredentialKey } from '../contract/credential-key.ts'
import {
  type CredentialContent,
  openCredentialStore,
  STORE_TYPE,
  type StoredCompany,
} from '../contract/credential-store.ts'
import { AccessError } from './access-error.ts'
import { audited } from './credential-audit.ts'
import { addKey, dropOldKeys, type KeySource, makeKeyFile, readCredentialKeys } from './credential-keys.ts'
import { readOwnFile, replaceOwnFile } from './own-file.ts'
import { withStoreLock } from './store-lock.ts'

/** One ERP's credential store. Every function throws AccessError and CredentialStoreError, and then changes nothing. */
export interface CredentialStore {
  erp: string
  /** The store's file. Its lock and its audit log stand beside it. */
  path: string
  key: KeySource
  /** Epoch milliseconds. Default Date.now. */
  now?: () => number
  /** How long another command is waited for, in milliseconds. Default 10_000. */
  lockMs?: number
}

/** One company in a store, without its values. */
export interface CredentialSummary {
  company: string
  names: string[]
  changed_at: string
}

export interface StoreSummary {
  /** Id of the key it is sealed with; null where there is no store yet. */
  key: string | null
  companies: CredentialSummary[]
}

export interface SetOptions {
  company: string
  /** Puts what is given over what is there, and checks the whole: throws when it is not right. */
  values: (before: Readonly<Record<string, string>> | null) => Record<string, string>
  /** rotate, login: only for a company that is there. */
  action: 'set' | 'rotate' | 'login'
}

/** Sets one company's values. Makes the store, and the file of its key, where there is none. @returns names set */
export async function setCredentials(store: CredentialStore, options: SetOptions): Promise<CredentialSummary> {
  const { company, action } = options
  return changed(store, { action, company }, async (content, now) => {
    const before = content.companies[company] ?? null
    if (before === null && action !== 'set') throw companyUnknown(company)
    const values = options.values(before?.values ?? null)
    const stored: StoredCompany = { changed_at: new Date(now).toISOString(), values }
    return { content: { companies: { ...content.companies, [company]: stored } }, value: summary([company, stored]) }
  })
}

export async function removeCredentials(store: CredentialStore, company: string): Promise<void> {
  await changed(store, { action: 'remove', company }, async (content) => {
    const { [company]: gone, ...companies } = content.companies
    if (gone === undefined) throw companyUnknown(company)
    return { content: { companies }, value: summary([company, gone]) }
  })
}

/** What is in a store, without its values. */
export async function listCredentials(store: CredentialStore): Promise<StoreSummary> {
  const { erp, path, key: source, now = Date.now } = store
  return audited<StoreSummary>(path, { action: 'list', erp, company: null }, now, async () => {
    const text = await readOwnFile(path)
    if (text === null) return { value: { key: null, companies: [] } }
    const { keyId, content } = await openCredentialStore(text, { erp, keys: await readCredentialKeys(source) })
    return { value: { key: keyId, companies: summaries(content) }, key: keyId }
  })
}

/** The values of one company, or of all: for a command that calls the ERP itself. Audited like every other look. */
export async function credentialsIn(
  { erp, path, key: source, now = Date.now }: CredentialStore,
  company: string | null,
): Promise<Record<string, Record<string, string>>> {
  return audited(path, { action: 'read', erp, company }, now, async () => {
    const opened = await openCredentialStore(await existing(path), { erp, keys: await readCredentialKeys(source) })
    const { companies } = opened.content
    if (company !== null && companies[company] === undefined) throw companyUnknown(company)
    const wanted = Object.entries(companies).filter(([name]) => company === null || name === company)
    return { value: Object.fromEntries(wanted.map(([name, { values }]) => [name, values])), key: opened.keyId }
  })
}

/**
 * Seals the store with a new key. In a key file the new one is put before the old one, which is left there until
 * `dropOldCredentialKeys`; from elsewhere the first of the keys given is the new one.
 */
export async function rotateCredentialKey(store: CredentialStore): Promise<{ key: string; before: string }> {
  const { erp, path, key: source } = store
  return locked(store, 'rotate_key', async () => {
    const text = await existing(path)
    const keys = await readCredentialKeys(source)
    const { keyId: before, content } = await openCredentialStore(text, { erp, keys })
    // Servers read the keys again when the store changes: by then the new one has to be there.
    const sealing = source.kind === 'file' && keys[0]?.id === before ? await addKey(source.path, keys) : keys
    const [newest] = sealing
    if (newest === undefined || newest.id === before) {
      throw new AccessError('KEY_NOT_NEW', 'expected a new key before the one that sealed the store, got none')
    }
    await replaceOwnFile(path, await seal(erp, content, newest))
    return { value: { key: newest.id, before }, key: newest.id }
  })
}

/** Ends the overlap: leaves the newest key alone in its file. Throws where the store still needs another. */
export async function dropOldCredentialKeys(store: CredentialStore): Promise<{ key: string }> {
  const { erp, path, key: source } = store
  return locked(store, 'drop_old_keys', async () => {
    if (source.kind !== 'file') {
      throw new AccessError('KEY_ELSEWHERE', 'expected the key in a file: take the old one out where it is kept')
    }
    const keys = await readCredentialKeys(source)
    const { keyId } = await openCredentialStore(await existing(path), { erp, keys: keys.slice(0, 1) })
    await dropOldKeys(source.path, keys)
    return { value: { key: keyId }, key: keyId }
  })
}

type Change = (
  content: CredentialContent,
  now: number,
) => Promise<{ content: CredentialContent; value: CredentialSummary }>

/** Opens the store, changes it and seals it again, with nobody in between. The file is replaced last, at once. */
async function changed(
  store: CredentialStore,
  { action, company }: { action: 'set' | 'rotate' | 'login' | 'remove'; company: string },
  change: Change,
): Promise<CredentialSummary> {
  const { erp, path, key: source, now = Date.now } = store
  return locked(
    store,
    action,
    async () => {
      const text = await readOwnFile(path)
      const known = await readCredentialKeys(source)
      // A new key for a store that is there would be the wrong one.
      const keys =
        known.length === 0 && text === null && source.kind === 'file' ? await makeKeyFile(source.path) : known
      const [newest] = keys
      if (newest === undefined) throw new AccessError('KEY_NONE', `expected the key of \`${path}\`, got none`)
      const before = text === null ? { companies: {} } : (await openCredentialStore(text, { erp, keys })).content
      const { content, value } = await change(before, now())
      await replaceOwnFile(path, await seal(erp, content, newest))
      return { value, names: value.names, key: newest.id }
    },
    company,
  )
}

async function locked<T>(
  store: CredentialStore,
  action: Parameters<typeof audited>[1]['action'],
  work: () => Promise<{ value: T; names?: readonly string[]; key?: string }>,
  company: string | null = null,
): Promise<T> {
  const { erp, path, now = Date.now, lockMs = 10_000 } = store
  return audited(path, { action, erp, company }, now, () => withStoreLock(`${path}.lock`, lockMs, work))
}

/** A compact JWE (RFC 7516); the 96-bit initialization vector is random and new each time. */
async function seal(erp: string, content: CredentialContent, { id, bytes }: CredentialKey): Promise<string> {
  const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: STORE_TYPE, kid: id, erp })
    .encrypt(bytes)
  return `${sealed}\n`
}

async function existing(path: string): Promise<string> {
  const text = await readOwnFile(path)
  if (text !== null) return text
  throw new AccessError(
    'STORE_NONE',
    `expected a credential store at \`${path}\`: \`alcada credentials set\` makes one`,
  )
}

function summaries({ companies }: CredentialContent): CredentialSummary[] {
  return Object.entries(companies)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(summary)
}

function summary([company, { changed_at, values }]: [string, StoredCompany]): CredentialSummary {
  return { company, names: Object.keys(values).sort(), changed_at }
}

function companyUnknown(company: string): AccessError {
  return new AccessError('COMPANY_UNKNOWN', `the store holds nothing for company \`${company}\``)
}
