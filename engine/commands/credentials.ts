import { type CredentialNames, completeValues, parseCredentialText, renewedValues } from '../access/credential-input.ts'
import {
  type CredentialStore,
  type CredentialSummary,
  dropOldCredentialKeys,
  listCredentials,
  removeCredentials,
  rotateCredentialKey,
  setCredentials,
} from '../access/credentials.ts'
import { keepOutOfRepository } from '../access/development-keys.ts'
import { isCnpj } from '../contract/cnpj.ts'
import { secretsNamed } from '../contract/secret-name.ts'
import { loadTree } from '../load/load.ts'
import { validateTree } from '../validate/validate.ts'
import { credentialStoreOf } from './credential-settings.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { pipedBytes, promptValues } from './secret-prompt.ts'
import { workplaceOf } from './workplace.ts'

export interface Credentials {
  root: string
  erp: string
  format: 'text' | 'json'
  environment: Environment
}

export interface OfCompany extends Credentials {
  company: string
}

/** `alcada credentials set`: values from the terminal without an echo, or through a pipe. */
export async function credentialsSet(options: OfCompany): Promise<ExitCode> {
  return given(options, 'set')
}

/** `alcada credentials rotate --company`: new values of a company that has some. */
export async function credentialsRenew(options: OfCompany): Promise<ExitCode> {
  return given(options, 'rotate')
}

/** `alcada credentials rotate`: a new key for the store. */
export async function credentialsRotateKey(options: Credentials): Promise<ExitCode> {
  const store = await storeOf(options)
  const { key, before } = await rotateCredentialKey(store)
  const left =
    store.key.kind === 'file'
      ? `\`${store.key.path}\` holds both; once every server has read it, run it again with --drop-old`
      : 'take the old one away once every server has the new one'
  return told(options, { erp: options.erp, key, before }, `sealed with key ${key} in place of ${before}; ${left}\n`)
}

/** `alcada credentials rotate --drop-old`: ends the overlap. */
export async function credentialsDropOld(options: Credentials): Promise<ExitCode> {
  const { key } = await dropOldCredentialKeys(await storeOf(options))
  return told(options, { erp: options.erp, key }, `key ${key} is the only one left\n`)
}

/** `alcada credentials list`: companies and names, never values. */
export async function credentialsList(options: Credentials): Promise<ExitCode> {
  const store = await storeOf(options)
  const { key, companies } = await listCredentials(store)
  const text =
    companies.length === 0
      ? `no credentials of ${options.erp} yet: \`alcada credentials set ${options.erp} --company CNPJ\`\n`
      : `${companies.map(line).join('')}sealed with key ${key} in ${store.path}\n`
  return told(options, { erp: options.erp, store: store.path, key, companies }, text)
}

/** `alcada credentials remove`. */
export async function credentialsRemove(options: OfCompany): Promise<ExitCode> {
  const { erp, company } = options
  await removeCredentials(await storeOf(options), checkedCompany(company))
  return told(options, { erp, company }, `removed ${company} from the credentials of ${erp}\n`)
}

async function given(options: OfCompany, action: 'set' | 'rotate'): Promise<ExitCode> {
  const { root, erp } = options
  const company = checkedCompany(options.company)
  const names = await credentialNames(root, erp)
  const store = await storeOf(options)
  const values = process.stdin.isTTY ? await promptValues(questions(names)) : parseCredentialText(await pipedBytes())
  const complete = action === 'set' ? completeValues : renewedValues
  const summary = await setCredentials(store, { company, action, values: (before) => complete(names, before, values) })
  const missing = (names.granted ?? []).filter((name) => !summary.names.includes(name))
  const next =
    missing.length === 0 ? '' : `let the server in next: \`alcada credentials login ${erp} --company ${company}\`\n`
  return told(options, { erp, ...summary }, `${line(summary)}${next}`)
}

function questions({ secret, plain = [], named = [] }: CredentialNames): { name: string; secret: boolean }[] {
  const asked = (secret: boolean) => (name: string) => ({ name, secret })
  return [...secret.map(asked(true)), ...plain.map(asked(false)), ...named.map(asked(true))]
}

export async function storeOf({ root, erp, environment }: Credentials): Promise<CredentialStore> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(erp)) throw new Error('expected the name of a folder in erps/')
  const place = workplaceOf(root)
  await keepOutOfRepository(place.folder)
  return credentialStoreOf(place, erp, environment.passed)
}

/** What erp.yaml asks for, and what the policy speaks of. */
async function credentialNames(root: string, erp: string): Promise<CredentialNames> {
  const checked = validateTree((await loadTree(root, [erp])).tree).erps[erp]
  if (checked !== undefined) return { ...checked.erp.credentials, named: secretsNamed(checked.config) }
  throw new Error(`expected a valid erps/${erp}/erp.yaml: \`alcada check ${erp}\` tells what is wrong with it`)
}

export function checkedCompany(company: string): string {
  if (isCnpj(company)) return company
  throw new Error('expected a CNPJ without punctuation and with right check digits after --company')
}

function line({ company, names, changed_at }: CredentialSummary): string {
  return `${company}  ${names.join(', ')}  changed ${changed_at}\n`
}

function told({ format }: Credentials, value: object, text: string): ExitCode {
  process.stdout.write(format === 'json' ? `${JSON.stringify(value)}\n` : text)
  return EXIT.done
}
