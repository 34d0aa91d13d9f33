import type { CredentialSpec, Erp } from '../../engine/contract/erp.ts'
import { type Credentials, CredentialsError } from './credentials.ts'
import { Secret } from './secret.ts'

// CNPJ, numeric or alphanumeric (IN RFB 2.229/2024).
const CNPJ = /^[0-9A-Z]{12}[0-9]{2}$/
/** Names that policy files speak of as `secret:SLACK_WEBHOOK`; erp.yaml does not know them. */
const OF_POLICY = /^[A-Z][A-Z0-9_]*$/

/**
 * Credentials out of `{"<CNPJ>": {"<name>": "<value>"}}`. `spec` are the names erp.yaml asks for: every company must
 * have them all and no other, but for names in capitals and what a login fills. Throws CredentialsError.
 */
export function credentialsFrom(content: unknown, spec: CredentialSpec): Credentials {
  const values = new Map<string, Map<string, Secret | string>>()
  for (const [company, entry] of entriesOf(content, 'one object per company')) {
    if (!CNPJ.test(company)) {
      throw new CredentialsError('SECRETS_COMPANY', 'expected a CNPJ without punctuation as key, got something else')
    }
    values.set(company, valuesOf(company, entry, spec))
  }
  return {
    companies: () => [...values.keys()].sort(),
    ofPolicy: (company) => [...(values.get(company)?.keys() ?? [])].filter((name) => OF_POLICY.test(name)).sort(),
    get(company, name) {
      const value = values.get(company)?.get(name)
      if (value === undefined) {
        throw new CredentialsError('CREDENTIAL_UNKNOWN', `no credential \`${name}\` for company \`${company}\``)
      }
      return value
    },
  }
}

/** Every secret in them, also as a header of basic authentication has it; for the redactor. */
export function secretsIn(credentials: Credentials, { credentials: spec, connection }: Erp): string[] {
  return credentials.companies().flatMap((company) => {
    const value = (name: string): string => textOf(credentials, company, name)
    const pairs = connection.auth.flatMap((item) =>
      item.in === 'basic' ? [`${value(item.user)}:${value(item.password)}`] : [],
    )
    const granted = (spec.granted ?? []).flatMap((name) => known(credentials, company, name) ?? [])
    return [...spec.secret.map(value), ...granted, ...credentials.ofPolicy(company).map(value), ...pairs]
  })
}

/** The companies whose values are not the same in both, or are in one of them only; sorted. */
export function differing(a: Credentials, b: Credentials, spec: CredentialSpec): string[] {
  const names = [...spec.secret, ...(spec.plain ?? []), ...(spec.granted ?? [])]
  const [inA, inB] = [new Set(a.companies()), new Set(b.companies())]
  const changed = (company: string): boolean =>
    inA.has(company) !== inB.has(company) || names.some((name) => known(a, company, name) !== known(b, company, name))
  return [...inA.union(inB)].filter(changed).sort()
}

/** Null where there is none: what a login fills may not be there yet. */
function known(credentials: Credentials, company: string, name: string): string | null {
  try {
    return textOf(credentials, company, name)
  } catch (error) {
    if (error instanceof CredentialsError && error.code === 'CREDENTIAL_UNKNOWN') return null
    throw error
  }
}

function textOf(credentials: Credentials, company: string, name: string): string {
  const value = credentials.get(company, name)
  return typeof value === 'string' ? value : value.reveal()
}

function valuesOf(company: string, entry: unknown, spec: CredentialSpec): Map<string, Secret | string> {
  const plain = new Set(spec.plain ?? [])
  const wanted = new Set([...spec.secret, ...plain])
  const granted = new Set(spec.granted ?? [])
  const values = new Map<string, Secret | string>()
  for (const [name, value] of entriesOf(entry, `an object for company \`${company}\``)) {
    if (!wanted.has(name) && !granted.has(name) && !OF_POLICY.test(name)) {
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

function entriesOf(value: unknown, expected: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CredentialsError('SECRETS_MALFORMED', `expected ${expected} in the credentials`)
  }
  return Object.entries(value)
}

function list(names: Iterable<string>): string {
  return [...names].map((name) => `\`${name}\``).join(', ')
}
