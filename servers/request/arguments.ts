import type { ErrorObject, ValidateFunction } from 'ajv'
import { canonicalText } from '../../engine/contract/canonical.ts'
import { holdsMark } from '../../engine/contract/personal/marks.ts'
import { plainText } from '../../engine/contract/personal/plain-text.ts'
import { Refused } from './refused.ts'

/**
 * The arguments, checked against the tool's schema, with its defaults. What is said of them names the argument and what
 * is expected, never the value: it may be personal.
 * @throws Refused arguments_invalid, argument_masked
 */
export function checkArguments(validate: ValidateFunction, given: Record<string, unknown>): Record<string, unknown> {
  const args = copied(given)
  const masked = maskedAt(args, '')
  if (masked !== null) throw holdsMask(nameOf(masked))
  if (validate(args)) return args
  const [error] = validate.errors ?? []
  throw error === undefined ? invalid('the arguments are not good') : saidOf(error, validate)
}

/** Where a mark of ours stands: what an agent was shown masked may not come back to be written over what it hides. */
function maskedAt(value: unknown, pointer: string): string | null {
  if (typeof value === 'string') return holdsMark(plainText(value).lower) ? pointer : null
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const found = maskedAt(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    if (found !== null) return found
  }
  return null
}

function holdsMask(name: string): Refused {
  const message = `argument \`${name}\` holds a mask (\`***\`), not the value it stands for: leave it out, or ask somebody who may see the value`
  return new Refused('argument_masked', message, { field: name })
}

function copied(given: Record<string, unknown>): Record<string, unknown> {
  try {
    // Throws on a lone surrogate: two such texts may look the same and not be.
    canonicalText(given)
    return structuredClone(given)
  } catch {
    throw invalid('expected every text to be well-formed Unicode')
  }
}

function saidOf(error: ErrorObject, validate: ValidateFunction): Refused {
  const { keyword, params } = error
  const at = nameOf(error.instancePath)
  if (keyword === 'required') {
    const name = joined(at, params['missingProperty'])
    return invalid(`argument \`${name}\` is required`, name)
  }
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name = joined(at, params['additionalProperty'] ?? params['unevaluatedProperty'])
    const known = at === '' ? `: this tool takes ${knownNames(validate)}` : ''
    return invalid(`argument \`${name}\` is unknown${known}`, name)
  }
  const subject = at === '' ? 'the arguments' : `argument \`${at}\``
  return invalid(`${subject} ${expectation(error)}`, at === '' ? undefined : at)
}

function expectation({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'enum' && Array.isArray(params['allowedValues'])) {
    return `must be one of ${params['allowedValues'].map((value) => `\`${String(value)}\``).join(', ')}`
  }
  if (keyword === 'format' && params['format'] === 'centavos') return 'must have at most two decimals'
  return message ?? 'is not good'
}

function knownNames({ schema }: ValidateFunction): string {
  const properties = typeof schema === 'object' ? schema['properties'] : undefined
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  return names.length === 0 ? 'no arguments' : names.map((name) => `\`${name}\``).join(', ')
}

/** `/bank/pix_key` → `bank.pix_key`. */
function nameOf(instancePath: string): string {
  return clipped(instancePath.slice(1).split('/').join('.').replaceAll('~1', '/').replaceAll('~0', '~'))
}

function joined(at: string, name: unknown): string {
  return at === '' ? clipped(String(name)) : `${at}.${clipped(String(name))}`
}

function clipped(name: string): string {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').replaceAll('`', "'")
  return shown.length > 64 ? `${shown.slice(0, 63)}…` : shown
}

function invalid(message: string, field?: string): Refused {
  return new Refused('arguments_invalid', message, field === undefined ? {} : { field })
}
