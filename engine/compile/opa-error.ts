import type { Finding } from '../contract/finding.ts'
import { sourcePath } from './staging.ts'

interface OpaError {
  message: string
  code: string
  location?: { file: string; row: number; col: number }
}

const HELP: Readonly<Record<string, string>> = {
  rego_parse_error: 'correct the syntax; `opa fmt` shows how OPA reads the rest',
  rego_type_error:
    'compare with the fields of a decision input and with the builtins of the dialect (policies/README.md)',
  rego_unsafe_var_error: 'give the variable a value in the same body, or import what it stands for',
}

/**
 * What a command of OPA that failed printed, as JSON or as text, as findings at the sources. Never empty.
 * @param fallback where something without a place of its own is reported
 */
export function opaFindings(output: string, fallback: string): Finding[] {
  return errorsIn(output).map(({ message, code, location }) => ({
    code: code === 'rego_parse_error' ? 'REGO_SYNTAX' : 'REGO_INVALID',
    severity: 'error',
    file: location === undefined || location.file === '' ? fallback : sourcePath(location.file),
    line: location?.row ?? 1,
    column: Math.max(1, location?.col ?? 1),
    message: message.trim(),
    help: HELP[code] ?? 'correct the rule',
  }))
}

function errorsIn(output: string): OpaError[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(output)
  } catch {
    return textErrors(output)
  }
  const errors = isRecord(parsed) ? parsed['errors'] : undefined
  return Array.isArray(errors) && errors.length > 0 && errors.every(isOpaError)
    ? errors
    : [{ message: output, code: '' }]
}

/** `error: 1 error occurred: omie/rbac.rego:12: rego_type_error: undefined function time.now_ns`, one or several. */
function textErrors(output: string): OpaError[] {
  const found = [...output.matchAll(/(\S+\.rego):(\d+): (rego_\w+): (.+)/g)]
  if (found.length === 0) return [{ message: output.replace(/^error: /, '').trim(), code: '' }]
  return found.map(([, file = '', row = '1', code = '', message = '']) => ({
    message,
    code,
    location: { file, row: Number(row), col: 1 },
  }))
}

function isOpaError(value: unknown): value is OpaError {
  if (!isRecord(value) || typeof value['message'] !== 'string' || typeof value['code'] !== 'string') return false
  const location = value['location']
  if (location === undefined) return true
  return isRecord(location) && typeof location['file'] === 'string' && typeof location['row'] === 'number'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
