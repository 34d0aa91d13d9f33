import { isExactNumber } from '../../engine/contract/exact-number.ts'
import { strictJsonText } from '../../engine/contract/strict-json.ts'

declare global {
  interface JSON {
    /** Text that JSON.stringify writes as it is (JSON.parse source text access, ES2026). */
    rawJSON(text: string): RawNumber
    isRawJSON(value: unknown): value is RawNumber
    parse(
      text: string,
      reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown
  }
}

/** A JSON number kept as its text: written back digit by digit. */
export interface RawNumber {
  readonly rawJSON: string
}

/**
 * Parses an ERP's answer. A number that a double cannot hold stays as its text, so that a long id and a long decimal
 * come back whole. Throws StrictJsonError.
 */
export function parseExactJson(bytes: Uint8Array, maxBytes: number): unknown {
  // .NET services put a byte order mark before their JSON.
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const text = strictJsonText(marked ? bytes.subarray(3) : bytes, { maxBytes, maxDepth: 64, numbers: 'any' })
  return JSON.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && !isExactNumber(source) ? JSON.rawJSON(source) : value,
  )
}

/** The same document with raw numbers as plain text, for those who only read it. */
export function withoutRawNumbers(value: unknown): unknown {
  if (JSON.isRawJSON(value)) return value.rawJSON
  if (Array.isArray(value)) return value.map(withoutRawNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutRawNumbers(inner)]))
}

/** The text of a scalar; null for everything else, and for an empty text. */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return JSON.isRawJSON(value) ? value.rawJSON : null
}
