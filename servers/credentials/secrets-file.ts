import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Erp } from '../../engine/contract/erp.ts'
import { parseStrictJson, StrictJsonError } from '../../engine/contract/strict-json.ts'
import { type Credentials, CredentialsError } from './credentials.ts'
import { Secret } from './secret.ts'

// CNPJ, numeric or alphanumeric (IN RFB 2.229/2024).
const CNPJ = /^[0-9A-Z]{12}[0-9]{2}$/
const LIMITS = { maxDepth: 2, maxBytes: 1_048_576 }

/**
 * Reads `{"<CNPJ>": {"<name>": "<value>"}}`. `spec` are the names erp.yaml asks for: every company must have them all
 * and no other. The file must belong to its reader alone (0600 or 0400). Throws CredentialsError.
 */
export async function openSecretsFile(path: string, spec: Erp['credentials']): Promise<Credentials> {
  const bytes = await readOwnFile(path)
  const values = new Map<string, Map<string, Secret | string>>()
  for (const [company, entry] of entriesOf(parse(bytes), 'SECRETS_MALFORMED', 'one object per company')) {
    if (!CNPJ.test(company)) {
      throw new CredentialsError('SECRETS_COMPANY', 'expected a CNPJ without punctuation as key, got something else')
    }
    values.set(company, valuesOf(company, entry, spec))
  }
  return {
    companies: () => [...values.keys()].sort(),
    get(company, name) {
      const value = values.get(company)?.get(name)
      if (value === undefined) {
        throw new CredentialsError('CREDENTIAL_UNKNOWN', `no credential \`${name}\` for company \`${company}\``)
      }
      return value
    },
  }
}

async function readOwnFile(path: string): Promise<Uint8Array> {
  // O_NONBLOCK: opening a pipe in place of the file must not hang the start.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new CredentialsError('SECRETS_UNREADABLE', 'expected a readable secrets file, got none', { cause })
  })
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new CredentialsError('SECRETS_NOT_A_FILE', 'expected a regular file of secrets')
    // Windows keeps no such bits; there the folder's access list is what protects the file.
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
      const mode = (stat.mode & 0o777).toString(8).padStart(4, '0')
      throw new CredentialsError(
        'SECRETS_OPEN_TO_OTHERS',
        `expected the secrets file to be readable by its owner alone (0600), got ${mode}: run chmod 600 on it`,
      )
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, LIMITS)
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    throw new CredentialsError(
      'SECRETS_MALFORMED',
      `the secrets file is no valid JSON at byte ${error.offset}: ${error.message}`,
    )
  }
}

function valuesOf(company: string, entry: unknown, spec: Erp['credentials']): Map<string, Secret | string> {
  const plain = new Set(spec.plain ?? [])
  const wanted = new Set([...spec.secret, ...plain])
  const values = new Map<string, Secret | string>()
  for (const [name, value] of entriesOf(entry, 'SECRETS_MALFORMED', `an object for company \`${company}\``)) {
    if (!wanted.has(name)) {
      throw new CredentialsError(
        'SECRETS_NAME_UNKNOWN',
        `expected only ${list(wanted)} for company \`${company}\`, got another name`,
      )
    }
    if (typeof value !== 'string' || value === '') {
      throw new CredentialsError('SECRETS_MALFORMED', `expected text as \`${name}\` of company \`${company}\``)
    }
    values.set(name, plain.has(name) ? value : new Secret(value))
  }
  const missing = [...wanted].filter((name) => !values.has(name))
  if (missing.length > 0) {
    throw new CredentialsError('SECRETS_NAME_MISSING', `expected ${list(missing)} for company \`${company}\`, got none`)
  }
  return values
}

function entriesOf(value: unknown, code: 'SECRETS_MALFORMED', expected: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CredentialsError(code, `expected ${expected} in the secrets file`)
  }
  return Object.entries(value)
}

function list(names: Iterable<string>): string {
  return [...names].map((name) => `\`${name}\``).join(', ')
}
