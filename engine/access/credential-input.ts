import { parseStrictJson, StrictJsonError } from '../contract/strict-json.ts'
import { AccessError } from './access-error.ts'

const LIMITS = { maxDepth: 1, maxBytes: 65_536 }
const MAX_VALUE = 8_192

/** Which values an ERP's credential has: erp.yaml, `credentials`. */
export interface CredentialNames {
  secret: readonly string[]
  plain?: readonly string[]
  /** Those that a login fills: nobody has to give them, and whoever has one by hand may. */
  granted?: readonly string[]
  /** Secrets that the policy speaks of as `secret:NAME`. Others in capitals are taken too: a policy may come after its secret. */
  named?: readonly string[]
}

/** Names that policy files speak of as `secret:SLACK_WEBHOOK`; erp.yaml does not know them, and no company has to have one. */
const OF_POLICY = /^[A-Z][A-Z0-9_]{0,62}$/

/**
 * Values as they come in through a pipe: one JSON object of texts, or a `name=value` a line. Nothing around the `=` is
 * cut off. Throws AccessError CREDENTIALS_WRONG, which repeats nothing of it.
 */
export function parseCredentialText(bytes: Uint8Array): Record<string, string> {
  if (bytes.length > LIMITS.maxBytes) throw wrong(`at most ${LIMITS.maxBytes} bytes, got more`)
  const text = new TextDecoder().decode(bytes)
  return text.trimStart().startsWith('{') ? fromJson(bytes) : fromLines(text)
}

/**
 * What is given over what was there, checked against what the ERP needs: each name, no other but in capitals, none empty.
 * @throws AccessError CREDENTIALS_WRONG
 */
export function completeValues(
  names: CredentialNames,
  before: Readonly<Record<string, string>> | null,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const wanted = [...names.secret, ...(names.plain ?? [])]
  const granted = names.granted ?? []
  if (Object.keys(given).length === 0) throw wrong(`${list(wanted)}, got nothing`)
  for (const [name, value] of Object.entries(given)) {
    if (!wanted.includes(name) && !granted.includes(name) && !OF_POLICY.test(name)) {
      throw wrong(`only ${list(wanted)}, and names in capitals that the policy speaks of, got another name`)
    }
    if (value === '' || value.length > MAX_VALUE) throw wrong(`1 to ${MAX_VALUE} characters as \`${name}\``)
    if (!value.isWellFormed() || value.includes('\0')) throw wrong(`text as \`${name}\``)
  }
  // A name that erp.yaml has given up is left out here.
  const values = wanted.map((name) => [name, given[name] ?? before?.[name]] as const)
  const missing = values.filter(([, value]) => value === undefined).map(([name]) => name)
  if (missing.length > 0) throw wrong(`${list(missing)} as well: nothing is set by halves`)
  const others = Object.entries({ ...before, ...given }).filter(
    ([name]) => granted.includes(name) || OF_POLICY.test(name),
  )
  return Object.fromEntries([...values, ...others].flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** New values are new: @throws AccessError CREDENTIALS_WRONG when a secret that was given is the old one. */
export function renewedValues(
  names: CredentialNames,
  before: Readonly<Record<string, string>> | null,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const values = completeValues(names, before, given)
  const secrets = Object.keys(values).filter((name) => !names.plain?.includes(name))
  const renewed = secrets.filter((name) => values[name] !== before?.[name])
  if (renewed.length === 0) throw wrong('a new value for at least one secret, got the old ones')
  return values
}

function fromJson(bytes: Uint8Array): Record<string, string> {
  const parsed = parseJson(bytes)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw wrong('one JSON object')
  const entries = Object.entries(parsed).map(([name, value]: [string, unknown]): [string, string] => {
    if (typeof value !== 'string') throw wrong('a text as each value of the JSON object')
    return [name, value]
  })
  return Object.fromEntries(entries)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, LIMITS)
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    throw wrong(`one JSON object of texts, got something else at byte ${error.offset}`)
  }
}

function fromLines(text: string): Record<string, string> {
  const values = new Map<string, string>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const [, name, value] = /^([a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) throw wrong(`\`name=value\` in line ${index + 1}`)
    if (values.has(name)) throw wrong(`\`${name}\` once, got it again in line ${index + 1}`)
    values.set(name, value)
  }
  return Object.fromEntries(values)
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

function wrong(expected: string): AccessError {
  return new AccessError('CREDENTIALS_WRONG', `expected ${expected}`)
}
